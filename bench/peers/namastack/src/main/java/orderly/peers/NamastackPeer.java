package orderly.peers;

import io.namastack.outbox.Outbox;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A Spring application with Namastack Outbox; settings come from the environment. With the argument {@code probe} it writes
 * one event and ends, so that others can write rows as it does; else it publishes until SIGTERM.
 */
@SpringBootApplication
public class NamastackPeer {
  /** Key of the one event that is not published. */
  static final String PROBE = "probe";

  public static void main(String[] args) {
    ConfigurableApplicationContext application = SpringApplication.run(NamastackPeer.class, args);
    if (args.length == 0 || !args[0].equals(PROBE)) return;
    Outbox outbox = application.getBean(Outbox.class);
    PeerEvent event = new PeerEvent(PROBE, PROBE, 1, PROBE, 1, PROBE, PROBE, Map.of());
    new TransactionTemplate(application.getBean(PlatformTransactionManager.class))
        .executeWithoutResult(status -> outbox.schedule(event, PROBE));
    application.close();
  }
}
