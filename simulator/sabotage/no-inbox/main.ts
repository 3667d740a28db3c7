import { start } from '../../participants/payment/main.ts';
import { forgetfulInbox } from './forgetful-inbox.ts';

/* The payment service with a planted bug: its inbox is replaced, everything else is the real thing. */

await start({ inbox: forgetfulInbox });
