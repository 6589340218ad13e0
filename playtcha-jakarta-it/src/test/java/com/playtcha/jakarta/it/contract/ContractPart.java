package com.playtcha.jakarta.it.contract;

import com.playtcha.jakarta.it.server.DeployedApplication;

/** A part of the contract, and the application it speaks of. */
interface ContractPart {
    /** The guarded application, deployed. */
    DeployedApplication app();
}
