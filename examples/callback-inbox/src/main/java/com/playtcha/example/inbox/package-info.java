/** An application that another service calls back: what arrives is kept, handed over, and shown as it moves. */
package com.playtcha.example.inbox;
