package com.playtcha.jakarta.it.spring;

/** A second class gets Spring's cached context of the first, whose settings lead to the stand-in of then. */
class SecondMockMvcIT extends MockMvcIT {}
