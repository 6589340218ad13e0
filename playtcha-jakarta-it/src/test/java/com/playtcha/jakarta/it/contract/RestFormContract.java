package com.playtcha.jakarta.it.contract;

import com.playtcha.jakarta.it.server.StandIns;
import org.junit.jupiter.api.Test;

/** A form as an entity of its own type, which Quarkus REST reads for nobody. */
public interface RestFormContract extends ContractPart {

    @Test
    default void formsTokenLeavesTheFormReadableAsAnEntity() {
        Expect.reached(
                app().post("/api/entity/form?x=1")
                        .form("name", "Zoë", "playtcha-response", StandIns.token("ok"))
                        .send(),
                "VERIFIED,true:Zoë");
        Expect.problem(app().post("/api/entity/form").form("name", "Zoë").send(), 400, "token_missing");
    }
}
