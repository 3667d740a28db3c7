/** Why servers that only our own environment has cannot be started here; undefined when they can. `what`: `three brokers are`. */
export const lackingForOwnServers = (what: string): string | undefined => {
  const given = ['MYSQL_URL', 'KAFKA_BROKERS'].find((name) => (process.env[name] ?? '') !== '');
  if (given !== undefined) return `${what} only had as our own, and ${given} is set`;
  const isDocker = process.env['ORDERLY_SERVERS'] === 'docker';
  return isDocker ? `${what} only started natively, and ORDERLY_SERVERS is docker` : undefined;
};
