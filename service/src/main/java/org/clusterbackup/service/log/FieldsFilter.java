package org.clusterbackup.service.log;

import io.quarkus.logging.LoggingFilter;
import java.util.Arrays;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import org.jboss.logmanager.ExtLogRecord;

/**
 * Gives the fields of our log lines to the JSON formatter, as members of {@code fields}: it lets every line through. The plain
 * format of tests does not show them twice.
 */
@LoggingFilter(name = FieldsFilter.NAME)
public final class FieldsFilter implements Filter {
    static final String NAME = "fields";

    private static final String OURS = "org.clusterbackup.";

    @Override
    public boolean isLoggable(LogRecord line) {
        if (line instanceof ExtLogRecord record
                && record.getParameters() != null
                && record.getMessage() != null
                && record.getLoggerName() != null
                && record.getLoggerName().startsWith(OURS)) {
            LogFields.of(record.getMessage(), withoutThrown(record)).forEach(record::putMdc);
        }
        return true;
    }

    /** An exception at the end is no part of the line. */
    private static Object[] withoutThrown(ExtLogRecord record) {
        var parameters = record.getParameters();
        var last = parameters.length - 1;
        return last >= 0 && record.getThrown() != null && parameters[last] == record.getThrown()
                ? Arrays.copyOf(parameters, last)
                : parameters;
    }
}
