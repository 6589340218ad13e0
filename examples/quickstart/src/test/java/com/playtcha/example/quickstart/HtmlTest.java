package com.playtcha.example.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HtmlTest {

    @Test
    void escapesWhateverIsNotMarkup() {
        Html html = Html.fill("<p title=\"{a}\">{a}{b}</p>", Map.of("a", "<\"&'>{b}", "b", new Html("<br>")));

        assertThat(html.markup())
                .isEqualTo("<p title=\"&lt;&quot;&amp;&#39;&gt;{b}\">&lt;&quot;&amp;&#39;&gt;{b}<br></p>");
    }

    @Test
    void aPlaceThatNothingIsGivenForIsAMistake() {
        assertThatThrownBy(() -> Html.fill("{name}", Map.of())).hasMessageContaining("{name}");
    }

    @Test
    void tablesEscapeNamesAndValuesAndShowWhatIsAbsent() {
        Map<String, Object> rows = new LinkedHashMap<>();
        rows.put("<a>", "<b>");
        rows.put("c", null);

        assertThat(Html.table("Rows", rows).markup())
                .contains("<code>&lt;a&gt;</code>", "<code>&lt;b&gt;</code>", "not set")
                .doesNotContain("<a>", "<b>");
    }
}
