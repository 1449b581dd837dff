package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class TimeSpanTest {
    @Test
    void isSpeltAsInConfigurationFiles() {
        assertThat(new TimeSpan().convert("90s")).isEqualTo(Duration.ofSeconds(90));
        assertThat(new TimeSpan().convert("15m")).isEqualTo(Duration.ofMinutes(15));
        assertThat(new TimeSpan().convert("4h")).isEqualTo(Duration.ofHours(4));
        assertThat(new TimeSpan().convert("2d")).isEqualTo(Duration.ofDays(2));
        assertThat(new TimeSpan().convert("PT1H30M")).isEqualTo(Duration.ofMinutes(90));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "4", "h", "-4h", "4 h", "4w", "PT-4H", "-PT4H", "99999999999h", "1.5h"})
    void whatIsNoneIsRefused(String text) {
        assertThatThrownBy(() -> new TimeSpan().convert(text)).isInstanceOf(TypeConversionException.class);
    }
}
