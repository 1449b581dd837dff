package org.clusterbackup.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventCodecTest {
    static List<BackupEvent> events() {
        return Examples.ALL;
    }

    @ParameterizedTest
    @MethodSource("events")
    void eventComesBackAsItWas(BackupEvent event) {
        var headers = CloudEvent.headers(event, "1", "/test", Examples.TIME);

        var decoded = EventCodec.decode(Topics.of(event), event.key(), EventCodec.encode(event), headers);

        assertThat(decoded).isEqualTo(new Decoded.Event(event));
    }

    @Test
    void emptyObjectAsksForEverything() {
        var decoded = EventCodec.decode(Topics.BACKUP_REQUESTED, null, Examples.bytes("{}"), Map.of());

        assertThat(decoded)
                .isEqualTo(new Decoded.Event(
                        new BackupRequested(Optional.empty(), Optional.empty(), List.of(), Optional.empty())));
    }

    @Test
    void emptyRequestGetsItsDefaultsFromItsRecord() {
        var request = new BackupRequested(Optional.empty(), Optional.empty(), List.of(), Optional.empty())
                .resolve(0, 17, Instant.ofEpochMilli(1_000));

        assertThat(request)
                .isEqualTo(new BackupRequest(
                        "manual-0-17-1000",
                        Optional.empty(),
                        List.of(),
                        Instant.ofEpochMilli(1_000),
                        Instant.ofEpochMilli(86_401_000)));
    }

    @Test
    void tombstoneRetiresTheSourceOfItsKey() {
        assertThat(EventCodec.decode(Topics.BACKUP_SOURCES, "host/node-a", null, Map.of()))
                .isEqualTo(new Decoded.Event(new SourceRetired("host/node-a")));
        assertThat(EventCodec.encode(new SourceRetired("host/node-a"))).isNull();
    }

    @Test
    void tombstoneWithoutSourceIsRejected() {
        assertThat(EventCodec.decode(Topics.BACKUP_SOURCES, null, null, Map.of()))
                .isInstanceOf(Decoded.Rejection.class);
    }

    @Test
    void recordWithoutValueIsRejected() {
        assertThat(EventCodec.decode(Topics.BACKUP_REQUESTED, "key", null, Map.of()))
                .isEqualTo(new Decoded.Rejection("record has no value"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "nonsense",
                "{",
                "{} {}",
                "[]",
                "null",
                "\"{}\"",
                "1",
                "{\"run\":\"a\",\"run\":\"b\"}",
                "{\"source\":[\"etcd/*\"]}",
                "{\"run\":\"a\\nb\"}",
                "{\"deadline\":0}",
                "{\"deadline\":\"2026-13-45T99:00:00Z\"}",
                "{\"deadline\":\"tomorrow\"}",
                "{\"sources\":\"etcd/*\"}",
                "{\"sources\":[[]]}",
                "{'run':'a'}",
                "{\"run\":NaN}"
            })
    void nonsenseIsRejected(String value) {
        assertThat(EventCodec.decode(Topics.BACKUP_REQUESTED, null, Examples.bytes(value), Map.of()))
                .isInstanceOf(Decoded.Rejection.class);
    }

    @Test
    void depthIsLimited() {
        var deep = "{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000);

        assertThat(EventCodec.decode(Topics.ARTIFACT_READY, null, Examples.bytes(deep), Map.of()))
                .isInstanceOf(Decoded.Rejection.class);
    }

    @Test
    void lengthIsLimited() {
        var value = new byte[Topics.MAX_VALUE_BYTES + 1];

        assertThat(EventCodec.decode(Topics.BACKUP_REQUESTED, null, value, Map.of()))
                .isEqualTo(new Decoded.Rejection("value is longer than 4194304 bytes"));
    }

    @Test
    void longTextIsRefusedBeforeItIsMatched() {
        var value = "{\"run\":\"" + "a".repeat(3_000_000) + "\"}";

        assertThat(EventCodec.decode(Topics.BACKUP_REQUESTED, null, Examples.bytes(value), Map.of()))
                .isEqualTo(new Decoded.Rejection("run is not a run"));
    }

    @Test
    void randomBytesNeverThrow() {
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++) {
            var value = new byte[random.nextInt(60)];
            random.nextBytes(value);
            assertThat(EventCodec.decode(Topics.BACKUP_REQUESTED, null, value, Map.of()))
                    .isInstanceOf(Decoded.Rejection.class);
        }
    }

    @ParameterizedTest
    @MethodSource("events")
    void flippedBytesNeverThrow(BackupEvent event) {
        var bytes = Objects.requireNonNull(EventCodec.encode(event));
        for (var i = 0; i < bytes.length; i++) {
            for (var bit = 0; bit < 8; bit++) {
                bytes[i] ^= (byte) (1 << bit);
                assertThat(EventCodec.decode(Topics.of(event), event.key(), bytes, Map.of()))
                        .isNotNull();
                bytes[i] ^= (byte) (1 << bit);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ce_specversion=0.3", "ce_type=com.example.other", "content-type=application/cloudevents+json"})
    void strangeEnvelopeIsRejected(String header) {
        var parts = header.split("=", 2);

        assertThat(EventCodec.decode(Topics.BACKUP_REQUESTED, null, Examples.bytes("{}"), Map.of(parts[0], parts[1])))
                .isInstanceOf(Decoded.Rejection.class);
    }

    @Test
    void eventThatBreaksItsSchemaIsNotPublished() {
        var event = new BackupCancelled("../escape", List.of());

        assertThatThrownBy(() -> EventCodec.encode(event))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("backup-cancelled: run is not a run");
    }

    @Test
    void longFailureMessageIsCut() {
        var event = new BackupFailed(
                "etcd/main",
                Optional.empty(),
                "dump",
                Optional.empty(),
                "failed",
                "x".repeat(9_000),
                true,
                Examples.TIME);

        assertThat(event.message()).hasSize(4_000).endsWith("…");
    }
}
