/** A sign-up form behind Playtcha's filter: what an application that uses the library looks like. */
package com.playtcha.example.quickstart;
