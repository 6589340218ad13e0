package com.playtcha.jakarta.internal.late.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.playtcha.jakarta.fuzz.FuzzTarget;
import com.playtcha.jakarta.internal.json.JsonReadException;
import com.playtcha.jakarta.internal.util.Arguments.UsageException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;

/** Any request file of the command is answered or refused, by an engine on a real database, and any answer can be read. */
class MailboxFuzzTest extends FuzzTarget {
    private final AdminFixture application = new AdminFixture() {};

    MailboxFuzzTest() throws Exception {
        // Whatever the database allocates is its own.
        super(
                1 << 20,
                1000,
                "{\"arguments\":[\"list\",\"--older-than\",\"90s\",\"--limit=10\",\"--json\"]}",
                "{\"arguments\":[\"list\",\"--cursor=store-1774745990000-0000000000000000\",\"--state\",\"dead-letter\"]}",
                "{\"arguments\":[\"show\",\"--result\",\"t\\\\u0031\"]}",
                "{\"arguments\":[\"retry\",\"--all\",\"--older-than=P200000000000D\",\"--error\",\"a\"]}",
                "{\"arguments\":[\"show\",\"--help\",\"t\\\\u00/\"]}",
                "{\"arguments\":[\"discard\",\"--\",\"t9\"]}");
        application.directory = Files.createTempDirectory("playtcha-fuzz");
        application.open();
        application.makeDeadLetter("t1", "code");
        application.spool("t2", "code");
    }

    @Override
    protected void read(byte[] input) throws Exception {
        AdminResponse response;
        try {
            response = application.service.respond(AdminMailbox.parse(input, application.texts));
        } catch (JsonReadException | UsageException refused) {
            return;
        }
        byte[] written = application.texts.write(response.members()).getBytes(StandardCharsets.US_ASCII);
        assertThat(AdminResponse.read(application.texts.read(written))).isEqualTo(response);
    }

    @Override
    public void close() {
        application.closeAll();
    }
}
