import { expect } from 'chai';
import { maskPayload } from '../../../src/interfaces/operator/mask-payload.ts';

describe('masking a payload', () => {
  it('keeps numbers, times and what names a thing; every other text is masked, wherever it is', () => {
    const payload = {
      customerId: 'customer-1',
      placedAt: '2026-01-31T09:30:00.123Z',
      lines: [{ sku: 'TEA', quantity: 2, unitPrice: { amountMinor: 450, currency: 'EUR' } }],
      notes: ['ring twice', { by: 'Anna' }],
      gift: true,
      coupon: null,
    };
    expect(JSON.parse(maskPayload(JSON.stringify(payload)))).to.deep.equal({
      ...payload,
      customerId: '•••',
      notes: ['•••', { by: '•••' }],
    });
  });

  it('masks a field that is yet to be added', () => {
    expect(maskPayload('{"anythingNew":"1 Main Street"}')).to.equal('{"anythingNew":"•••"}');
  });

  it('masks a text that only begins like a time, and what is no JSON at all', () => {
    expect(maskPayload('{"at":"2026-01-31T09:30:00Z at Anna’s"}')).to.equal('{"at":"•••"}');
    expect(maskPayload('Anna, 1 Main Street')).to.equal('•••');
  });
});
