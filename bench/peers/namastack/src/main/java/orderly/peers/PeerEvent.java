package orderly.peers;

import java.util.Map;

/** One event as the application hands it to its outbox. */
public record PeerEvent(
    String eventId,
    String orderId,
    long sequence,
    String type,
    int version,
    String occurredAt,
    String payload,
    Map<String, String> headers) {}
