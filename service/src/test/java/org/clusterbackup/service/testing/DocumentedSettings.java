package org.clusterbackup.service.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.ConfigMappings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What {@code docs/configuration.md} says of a service's properties. */
public final class DocumentedSettings {
    /** The first cell of a row; it may name several. */
    private static final Pattern NAMES = Pattern.compile("^\\| (`clusterbackup\\.[^|]*) \\|", Pattern.MULTILINE);

    private DocumentedSettings() {}

    /** The rows of the service's section are the properties of its mapping: none is missing, none is of the past. */
    public static void assertComplete(String service, Class<?> mapping) throws IOException {
        var properties = ConfigMappings.getProperties(ConfigMappings.ConfigClass.configClass(mapping)).keySet().stream()
                // A list's elements are the list's own property.
                .map(name -> name.replaceFirst("\\[\\*]$", ""))
                .collect(Collectors.toSet());

        assertThat(properties).isNotEmpty();
        assertThat(NAMES.matcher(section(service))
                        .results()
                        .flatMap(row -> Stream.of(row.group(1).replace("`", "").split(", "))))
                .containsExactlyInAnyOrderElementsOf(properties);
    }

    private static String section(String service) throws IOException {
        var document = Files.readString(Path.of("../docs/configuration.md"));
        var heading = "\n## " + service + "\n";
        assertThat(document).containsOnlyOnce(heading);
        var from = document.substring(document.indexOf(heading) + heading.length());
        return from.substring(0, from.indexOf("\n## "));
    }
}
