/** A sign-up and a newsletter form behind Playtcha's filter, in a plain WAR: servlets, JSP pages, web.xml. */
package com.playtcha.example.tomcat;
