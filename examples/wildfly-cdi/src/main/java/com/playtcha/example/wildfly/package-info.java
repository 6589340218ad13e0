/** A sign-up page and a small API on WildFly, guarded by annotation and by injection. */
package com.playtcha.example.wildfly;
