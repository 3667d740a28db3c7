package orderly.peers;

import io.namastack.outbox.handler.OutboxRecordMetadata;
import io.namastack.outbox.handler.OutboxTypedHandler;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Sends an event as the record that our relay makes of it, and waits until Kafka has it: only then is it done. */
@Component
public class KafkaHandler implements OutboxTypedHandler<PeerEvent>, DisposableBean {
  private final Producer<String, String> producer;
  private final String topic;

  public KafkaHandler(@Value("${KAFKA_BROKERS}") String brokers, @Value("${ORDER_TOPIC}") String topic) {
    this.topic = topic;
    this.producer = new KafkaProducer<>(
        Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers,
            ProducerConfig.ACKS_CONFIG, "all",
            ProducerConfig.LINGER_MS_CONFIG, 0),
        new StringSerializer(),
        new StringSerializer());
  }

  @Override
  public void handle(PeerEvent event, OutboxRecordMetadata metadata) {
    if (event.orderId().equals(NamastackPeer.PROBE)) return;
    ProducerRecord<String, String> record = new ProducerRecord<>(topic, event.orderId(), event.payload());
    add(record, "ce_id", event.eventId());
    add(record, "ce_type", event.type());
    add(record, "ce_source", "/orderly/orders");
    add(record, "ce_specversion", "1.0");
    add(record, "ce_time", event.occurredAt());
    add(record, "ce_subject", event.orderId());
    add(record, "ce_partitionkey", event.orderId());
    add(record, "ce_sequence", String.format("%010d", event.sequence()));
    add(record, "ce_dataschema", "urn:orderly:" + kebab(event.type()) + ":" + event.version());
    add(record, "content-type", "application/json");
    event.headers().forEach((name, value) -> add(record, name, value));
    try {
      producer.send(record).get();
    } catch (Exception refused) {
      throw new IllegalStateException("Kafka did not take the event", refused);
    }
  }

  @Override
  public void destroy() {
    producer.close();
  }

  private static void add(ProducerRecord<String, String> record, String name, String value) {
    record.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
  }

  private static String kebab(String type) {
    return type.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
  }
}
