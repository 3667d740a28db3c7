package orderly.peers;

import io.debezium.engine.DebeziumEngine.ChangeConsumer;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import io.debezium.engine.RecordChangeEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.storage.StringConverter;

/**
 * Sends each batch without waiting for it and settles the one before meanwhile, so that the producer always has work. Keys,
 * values and headers become bytes by Connect's own string converter.
 */
final class KafkaSink implements ChangeConsumer<RecordChangeEvent<SourceRecord>> {
  private record Batch(List<RecordChangeEvent<SourceRecord>> events, List<Future<RecordMetadata>> sent) {}

  private final Producer<byte[], byte[]> producer;
  private final StringConverter converter = new StringConverter();
  private Batch open = new Batch(List.of(), List.of());

  KafkaSink(Producer<byte[], byte[]> producer) {
    this.producer = producer;
    converter.configure(Map.of(), false);
  }

  @Override
  public void handleBatch(
      List<RecordChangeEvent<SourceRecord>> events, RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
      throws InterruptedException {
    List<Future<RecordMetadata>> sent = new ArrayList<>(events.size());
    for (RecordChangeEvent<SourceRecord> event : events) sent.add(producer.send(toProducerRecord(event.record())));
    Batch before = open;
    open = new Batch(events, sent);
    settle(before, committer);
  }

  private static void settle(Batch batch, RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
      throws InterruptedException {
    try {
      for (Future<RecordMetadata> acknowledgement : batch.sent) acknowledgement.get();
    } catch (ExecutionException refused) {
      throw new IllegalStateException("Kafka refused a record", refused.getCause());
    }
    for (RecordChangeEvent<SourceRecord> event : batch.events) committer.markProcessed(event);
    committer.markBatchFinished();
  }

  private ProducerRecord<byte[], byte[]> toProducerRecord(SourceRecord from) {
    String topic = from.topic();
    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
        topic,
        from.kafkaPartition(),
        from.timestamp(),
        converter.fromConnectData(topic, from.keySchema(), from.key()),
        converter.fromConnectData(topic, from.valueSchema(), from.value()));
    for (Header header : from.headers())
      record.headers().add(header.key(), converter.fromConnectHeader(topic, header.key(), header.schema(), header.value()));
    return record;
  }
}
