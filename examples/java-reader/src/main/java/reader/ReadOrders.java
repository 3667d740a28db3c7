package reader;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Reads a topic of events from its beginning to its present end, by what an AsyncAPI document says of it: the topic, and the
 * schemas of key, headers and payload of each message. Ends with one line of JSON on stdout: how many events of which type
 * and order it read, and each way in which a record differs from the document. Exit code 0 when none does, 1 when one
 * does or there was nothing to read, 2 when it could not read.
 *
 * <pre>ReadOrders ASYNCAPI_JSON BOOTSTRAP [TOPIC]</pre>
 */
public final class ReadOrders {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration POLL = Duration.ofMillis(200);

  /** What the document says of one message. */
  private record Message(String name, String dataSchema, JsonSchema headers, JsonSchema payload) {}

  private final List<Message> messages = new ArrayList<>();
  private final String address;

  private final Map<String, Integer> read = new TreeMap<>();
  private final Map<String, Integer> lastOfOrder = new TreeMap<>();
  private final Set<String> seen = new HashSet<>();
  private final List<String> differences = new ArrayList<>();
  private int duplicates = 0;

  private ReadOrders(JsonNode document) {
    JsonSchemaFactory schemas = JsonSchemaFactory.getInstance(VersionFlag.V202012);
    JsonNode channel = document.path("channels").elements().next();
    address = channel.path("address").asText();
    for (JsonNode reference : channel.path("messages")) {
      JsonNode message = document.at(reference.path("$ref").asText().substring(1));
      JsonNode dataSchema = message.at("/headers/properties/ce_dataschema/const");
      messages.add(new Message(message.path("name").asText(), dataSchema.asText(),
          schemas.getSchema(message.path("headers")), schemas.getSchema(message.path("payload"))));
    }
  }

  public static void main(String[] args) throws IOException {
    if (args.length < 2) {
      System.err.println("ReadOrders ASYNCAPI_JSON BOOTSTRAP [TOPIC]");
      System.exit(2);
    }
    ReadOrders reader = new ReadOrders(JSON.readTree(new File(args[0])));
    reader.readAll(args[1], args.length > 2 ? args[2] : reader.address);
    System.out.println(JSON.writeValueAsString(reader.summary()));
    System.exit(reader.differences.isEmpty() && !reader.read.isEmpty() ? 0 : 1);
  }

  private void readAll(String bootstrap, String topic) {
    Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "enable.auto.commit", false);
    try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      List<TopicPartition> partitions = new ArrayList<>();
      for (PartitionInfo each : consumer.partitionsFor(topic)) partitions.add(new TopicPartition(topic, each.partition()));
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each)))
        for (ConsumerRecord<String, String> record : consumer.poll(POLL)) take(record);
    }
  }

  private void take(ConsumerRecord<String, String> record) {
    String where = "partition " + record.partition() + ", offset " + record.offset();
    ObjectNode headers = JSON.createObjectNode();
    for (Header header : record.headers())
      headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
    String dataSchema = headers.path("ce_dataschema").asText();
    Message message = messages.stream().filter(each -> each.dataSchema().equals(dataSchema)).findFirst().orElse(null);
    if (message == null) {
      differences.add(where + ": the document knows no message with ce_dataschema " + dataSchema);
      return;
    }
    message.headers().validate(headers).forEach(problem -> differences.add(where + ": header " + problem.getMessage()));
    try {
      JsonNode payload = JSON.readTree(record.value());
      message.payload().validate(payload).forEach(problem -> differences.add(where + ": payload " + problem.getMessage()));
    } catch (IOException notJson) {
      differences.add(where + ": the value is not JSON");
    }
    follow(record.key(), headers, message, where);
  }

  /** What the document promises of an order: 1, 2, 3 … without a gap; a second time only with the same ce_id. */
  private void follow(String orderId, JsonNode headers, Message message, String where) {
    if (!orderId.equals(headers.path("ce_subject").asText())) differences.add(where + ": key and ce_subject differ");
    if (!seen.add(headers.path("ce_id").asText())) {
      duplicates += 1;
      return;
    }
    int sequence = Integer.parseInt(headers.path("ce_sequence").asText());
    int expected = lastOfOrder.getOrDefault(orderId, 0) + 1;
    if (sequence != expected) differences.add(where + ": sequence " + sequence + " where " + expected + " was due");
    lastOfOrder.put(orderId, sequence);
    read.merge(message.name(), 1, Integer::sum);
  }

  private Map<String, Object> summary() {
    return Map.of("events", read, "orders", lastOfOrder.size(), "duplicates", duplicates, "differences", differences);
  }
}
