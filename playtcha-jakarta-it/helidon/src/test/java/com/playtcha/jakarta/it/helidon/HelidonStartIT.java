package com.playtcha.jakarta.it.helidon;

import com.playtcha.jakarta.it.standalone.StartContract;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Settings, start and stop on Helidon MP. */
@EnabledForJreRange(min = JRE.JAVA_21, disabledReason = "Helidon 4 needs Java 21")
class HelidonStartIT implements Helidon, StartContract {}
