package kdiag.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/**
 * Takes records and forgets them. With flush.size it commits as if it wrote files: after so many
 * records of a partition, or after rotate.schedule.interval.ms. After lab.hangs.after records it
 * waits until there is a file lab.hangs.until, as for a target that does not answer.
 */
public class LabSink extends SinkConnector {
    private Map<String, String> settings;

    @Override
    public String version() {
        return "@VERSION@";
    }

    @Override
    public void start(Map<String, String> given) {
        settings = given;
    }

    @Override
    public Class<? extends Task> taskClass() {
        return LabSinkTask.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int most) {
        List<Map<String, String>> each = new ArrayList<>();
        for (int number = 0; number < Math.min(most, tasks()); number++) {
            each.add(settings);
        }
        return each;
    }

    private int tasks() {
        return Integer.parseInt(settings.getOrDefault("lab.tasks", "1"));
    }

    @Override
    public void stop() {}

    @Override
    public ConfigDef config() {
        return new ConfigDef()
                .define("lab.tasks", ConfigDef.Type.INT, 1, ConfigDef.Importance.LOW, "At most.")
                .define("lab.password", ConfigDef.Type.PASSWORD, "", ConfigDef.Importance.LOW, "Of nobody.");
    }

    /** Takes records, and counts those of files that are open. */
    public static class LabSinkTask extends SinkTask {
        @Override
        public String version() {
            return "@VERSION@";
        }

        private final Map<TopicPartition, Long> open = new HashMap<>();
        private final Map<TopicPartition, OffsetAndMetadata> closed = new HashMap<>();
        private long size;
        private long rotation;
        private long rotated;
        private long left;
        private String until;

        @Override
        public void start(Map<String, String> given) {
            size = Long.parseLong(given.getOrDefault("flush.size", "0"));
            rotation = Long.parseLong(given.getOrDefault("rotate.schedule.interval.ms", "-1"));
            rotated = System.currentTimeMillis();
            left = Long.parseLong(given.getOrDefault("lab.hangs.after", "" + Long.MAX_VALUE));
            until = given.getOrDefault("lab.hangs.until", "");
        }

        @Override
        public void put(Collection<SinkRecord> records) {
            for (SinkRecord record : records) {
                if (left-- <= 0) {
                    hang();
                }
                TopicPartition log = new TopicPartition(record.topic(), record.kafkaPartition());
                if (open.merge(log, 1L, Long::sum) >= size) {
                    open.remove(log);
                    closed.put(log, new OffsetAndMetadata(record.kafkaOffset() + 1));
                }
            }
        }

        private void hang() {
            try {
                while (!Files.exists(Path.of(until))) {
                    Thread.sleep(100);
                }
            } catch (InterruptedException error) {
                throw new ConnectException("interrupted while it waited", error);
            }
        }

        @Override
        public Map<TopicPartition, OffsetAndMetadata> preCommit(
                Map<TopicPartition, OffsetAndMetadata> offsets) {
            long now = System.currentTimeMillis();
            boolean isTime = rotation > 0 && now - rotated >= rotation;
            if (size == 0 || isTime) {
                rotated = now;
                open.clear();
                return offsets;
            }
            return new HashMap<>(closed);
        }

        @Override
        public void stop() {}
    }
}
