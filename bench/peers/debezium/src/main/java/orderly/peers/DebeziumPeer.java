package orderly.peers;

import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Debezium's embedded engine with a connector configuration as Kafka Connect would get it, and behind it Kafka's own producer,
 * which takes the settings that begin with {@code producer.override.} there. Runs until SIGTERM; exit 1 when the engine fails.
 */
public final class DebeziumPeer {
  private static final String PRODUCER = "producer.override.";

  private DebeziumPeer() {}

  public static void main(String[] args) throws IOException {
    Properties settings = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(args[0]), StandardCharsets.UTF_8)) {
      settings.load(reader);
    }
    try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
        producerSettings(settings), new ByteArraySerializer(), new ByteArraySerializer())) {
      DebeziumEngine<RecordChangeEvent<SourceRecord>> engine = DebeziumEngine.create(ChangeEventFormat.of(Connect.class))
          .using(settings)
          .notifying(new KafkaSink(producer))
          .using((success, message, error) -> {
            if (success) return;
            System.err.println("the engine failed: " + message);
            if (error != null) error.printStackTrace();
            Runtime.getRuntime().halt(1);
          })
          .build();
      Thread main = Thread.currentThread();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> {
        try {
          engine.close();
          main.join();
        } catch (IOException | InterruptedException failure) {
          failure.printStackTrace();
        }
      }));
      engine.run();
    }
  }

  private static Properties producerSettings(Properties settings) {
    Properties own = new Properties();
    for (Map.Entry<Object, Object> entry : settings.entrySet()) {
      String name = (String) entry.getKey();
      if (name.startsWith(PRODUCER)) own.put(name.substring(PRODUCER.length()), entry.getValue());
    }
    return own;
  }
}
