/**
 * Unfinished business that is finished (contract, section 7): the words in which late verdicts and late results are
 * spoken of, the handler that an application writes, and what it and its operator may ask for. Needs nothing but the
 * JDK.
 */
@NullMarked
package com.playtcha.jakarta.late;

import org.jspecify.annotations.NullMarked;
