package kdiag.lab;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.state.Stores;

/**
 * Counts the records of some topics by their values, in a store in memory: one repartition topic,
 * one changelog. The first thread that reads a record with lab.poison in its value fails, once.
 */
public final class LabCount {
    private static final AtomicBoolean HAS_FAILED = new AtomicBoolean();

    private LabCount() {}

    /** Runs with a file of settings, those of Kafka Streams and lab.*, for lab.seconds at most. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Properties settings = new Properties();
        try (InputStream file = new FileInputStream(arguments[0])) {
            settings.load(file);
        }
        KafkaStreams streams = new KafkaStreams(count(settings).build(), settings);
        streams.setUncaughtExceptionHandler(handler(settings.getProperty("lab.on.error")));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> streams.close(Duration.ofSeconds(8))));
        streams.start();
        Thread.sleep(1000L * Integer.parseInt(settings.getProperty("lab.seconds")));
        System.exit(0);
    }

    private static StreamsBuilder count(Properties settings) {
        StreamsBuilder builder = new StreamsBuilder();
        String poison = settings.getProperty("lab.poison");
        builder.stream(
                        List.of(settings.getProperty("lab.topics").split(",")),
                        Consumed.with(Serdes.String(), Serdes.String()))
                .peek((key, value) -> fail(value, poison))
                .groupBy(
                        (key, value) -> Integer.toString(value.hashCode() % 10),
                        Grouped.with("by-value", Serdes.String(), Serdes.String()))
                .count(
                        Materialized.<String, Long>as(Stores.inMemoryKeyValueStore("counts"))
                                .withKeySerde(Serdes.String())
                                .withValueSerde(Serdes.Long()));
        return builder;
    }

    private static void fail(String value, String poison) {
        if (value.contains(poison) && HAS_FAILED.compareAndSet(false, true)) {
            throw new IllegalStateException("this record cannot be processed");
        }
    }

    private static StreamsUncaughtExceptionHandler handler(String name) {
        return error -> {
            if (name.equals("throw")) {
                throw new IllegalStateException("the handler fails as well", error);
            }
            return StreamThreadExceptionResponse.valueOf(name);
        };
    }
}
