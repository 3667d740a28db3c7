import type { Money } from '../../domain/order/values.ts';

/** `12.50 EUR`, with as many decimals as the currency has. */
export const amountText = ({ amountMinor, currency }: Money): string => {
  const { maximumFractionDigits: digits = 0 } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions();
  return `${(amountMinor / 10 ** digits).toFixed(digits)} ${currency}`;
};
