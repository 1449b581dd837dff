package org.clusterbackup.acceptance;

import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** One lab for all tests of a class; a test that fails says what the services said. */
final class LabExtension
        implements BeforeAllCallback,
                BeforeEachCallback,
                AfterAllCallback,
                TestExecutionExceptionHandler,
                Supplier<Lab> {
    private final Lab.Options options;
    private @Nullable Lab lab;
    private int mark;

    LabExtension(Lab.Options options) {
        this.options = options;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        lab = new Lab(options);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        mark = get().events().mark();
        System.out.println("==== " + context.getDisplayName());
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        System.out.println("==== " + context.getDisplayName() + " failed: " + failure + "\n---- events\n"
                + get().events().told(mark) + "\n" + get().logTails());
        throw failure;
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (lab != null) {
            lab.close();
        }
    }

    @Override
    public Lab get() {
        return Objects.requireNonNull(lab);
    }
}
