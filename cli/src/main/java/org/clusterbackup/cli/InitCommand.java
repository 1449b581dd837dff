package org.clusterbackup.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.RepositoryPlan;
import org.clusterbackup.repository.TargetName;
import org.clusterbackup.repository.crypto.AllowedSigners;
import org.clusterbackup.repository.crypto.Encryption;
import org.clusterbackup.repository.store.Stores;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes a repository, or another copy of one. */
@Command(
        name = "init",
        description = "Make a repository, or another copy of one: staging in the cluster, targets elsewhere.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  clusterbackup init -r /srv/staging --keys keys",
            "  clusterbackup init -r sftp://backup@office.example/srv/backup --name office --same-as /srv/staging --keys keys"
        })
final class InitCommand extends BackupCommand {
    enum Role {
        STAGING,
        TARGET
    }

    enum Wanted {
        AGE,
        NONE
    }

    @Mixin
    private final RepositoryOptions location = new RepositoryOptions();

    @Mixin
    private final KeyOptions keys = new KeyOptions();

    @Mixin
    private final FromOptions from = new FromOptions();

    @Option(
            names = "--role",
            paramLabel = "staging|target",
            description = "Default: target if --name is given, else staging.")
    private @Nullable Role role;

    @Option(
            names = "--name",
            paramLabel = "TARGET",
            description = "The target's name, as its shipper and ledger use it.")
    private @Nullable String name;

    @Option(
            names = "--same-as",
            paramLabel = "URL",
            description = "Make another copy of the repository there: same id, recipients and parameters.")
    private @Nullable String sameAs;

    @Option(
            names = "--encryption",
            paramLabel = "age|none",
            description = "none keeps everything readable for whoever can read the place (default: age).")
    private @Nullable Wanted encryption;

    @Option(names = "--dry-run", description = "Check everything that can be checked; make nothing.")
    private boolean dryRun;

    @Override
    void run() throws BackupException {
        var environment = console().environment();
        var url = location.url(environment);
        var target = target();
        var signers = keys.allowedSigners(environment);
        var operator = keys.operatorKey(environment);
        var plan = plan(target, signers, environment);
        target.ifPresent(name -> remarks(name, signers));
        if (dryRun) {
            console().remark("would make a repository at " + url + " with id " + plan.repository());
            return;
        }
        Stores.prepare(url, location.access().options(environment));
        try (var store = location.access().open(url, console())) {
            say(Repository.init(store, plan, operator, signers));
        }
    }

    private void remarks(TargetName target, AllowedSigners signers) {
        if (sameAs == null) {
            console()
                    .remark(
                            "without --same-as this is no copy of any other repository: nothing can be copied to it from"
                                    + " staging");
        }
        signers.missingSignerOf(target.ledgerSubject())
                .ifPresent(text -> console().warn(Kind.WARNINGS, text));
    }

    private Optional<TargetName> target() throws BackupException {
        var wanted = Optional.ofNullable(role).orElse(name == null ? Role.STAGING : Role.TARGET);
        if (wanted == Role.TARGET && name == null) {
            throw usage("a target needs a name").withHint("give it with --name");
        }
        if (wanted == Role.STAGING && name != null) {
            throw usage("staging has no name: " + name);
        }
        try {
            return Optional.ofNullable(name).map(TargetName::new);
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    private RepositoryPlan plan(Optional<TargetName> target, AllowedSigners signers, Map<String, String> environment)
            throws BackupException {
        if (sameAs != null) {
            if (encryption != null) {
                throw usage("a copy has the encryption of the repository that it is a copy of");
            }
            try (var store = from.open(sameAs, location.access(), console())) {
                return RepositoryPlan.sameAs(Repository.open(store, signers).description(), target);
            }
        }
        if (from.anyGiven()) {
            throw usage("a credential for the repository that is read belongs to --same-as");
        }
        if (encryption == Wanted.NONE) {
            return RepositoryPlan.fresh(target, Encryption.NONE, List.of());
        }
        try {
            return RepositoryPlan.fresh(
                    target, Encryption.AGE, keys.recipients(environment).values());
        } catch (BackupException e) {
            throw e.kind() == Kind.NO_KEY && e.hint().isEmpty()
                    ? e.withHint("give recipients with --recipients or --keys, or say --encryption none")
                    : e;
        }
    }

    private void say(Repository made) throws BackupException {
        var description = made.description();
        if (console().json()) {
            var node = JsonNodeFactory.instance
                    .objectNode()
                    .put("repository", description.repository())
                    .put("location", made.store().location())
                    .put("role", description.isTarget() ? "target" : "staging")
                    .put("encryption", description.encryption().text());
            description.target().ifPresent(value -> node.put("target", value.value()));
            console().json(node);
            return;
        }
        console().line(description.repository());
        if (description.encryption() == Encryption.NONE) {
            console().remark("this repository is not encrypted");
        }
    }
}
