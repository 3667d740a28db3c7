import { expect } from 'chai';
import { doorbellText, parseDoorbell } from '../../../src/infrastructure/doorbell/doorbell-address.ts';

describe('the address of a doorbell', () => {
  for (const address of [
    { host: '127.0.0.1', port: 40_123 },
    { host: '::1', port: 1 },
    { host: 'fe80::1%eth0', port: 65_535 },
  ])
    it(`${doorbellText(address)} is read as it was written`, () => {
      expect(parseDoorbell(doorbellText(address))).to.deep.equal(address);
    });

  for (const text of [
    '',
    '127.0.0.1',
    '127.0.0.1:0',
    '127.0.0.1:65536',
    '127.0.0.1:1:1',
    '999.0.0.1:1',
    '::1:1',
    '[1.2.3.4]:x',
    'relay:1',
  ])
    it(`${JSON.stringify(text)} is none`, () => {
      expect(parseDoorbell(text)).to.equal(undefined);
    });
});
