package kdiag.lab;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/** Takes records and forgets them. */
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

    /** Takes records and forgets them. */
    public static class LabSinkTask extends SinkTask {
        @Override
        public String version() {
            return "@VERSION@";
        }

        @Override
        public void start(Map<String, String> given) {}

        @Override
        public void put(Collection<SinkRecord> records) {}

        @Override
        public void stop() {}
    }
}
