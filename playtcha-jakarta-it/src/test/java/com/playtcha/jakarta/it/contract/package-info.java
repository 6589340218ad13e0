/**
 * The behaviour contract as tests, written once: each interface is a part of it, and a class of tests is a server with
 * the application in it. The sections named are those of the contract.
 */
@NullMarked
package com.playtcha.jakarta.it.contract;

import org.jspecify.annotations.NullMarked;
