import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { obtainMySqlPrefix } from '../environment/mysql-prefix.ts';
import type { Progress } from '../environment/progress.ts';
import { addScript, addShell } from './add-shell.ts';

/** A password for root, a database, and SQL to run once, as the official image takes them. */
const START = `#!/bin/sh
set -e
data=/var/lib/mysql
if [ ! -d "$data/mysql" ]; then
  mysqld --no-defaults --user=root --initialize-insecure --datadir="$data"
  if [ -n "$MYSQL_ROOT_PASSWORD" ]; then
    {
      echo "ALTER USER root@localhost IDENTIFIED BY '$MYSQL_ROOT_PASSWORD';"
      echo "CREATE USER root@'%' IDENTIFIED BY '$MYSQL_ROOT_PASSWORD';"
      echo "GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;"
      [ -z "$MYSQL_DATABASE" ] || echo "CREATE DATABASE $MYSQL_DATABASE;"
      for file in /docker-entrypoint-initdb.d/*.sql; do [ ! -f "$file" ] || cat "$file"; done
    } > /tmp/first-start.sql
    set -- "$@" --init-file=/tmp/first-start.sql
  fi
fi
exec mysqld --no-defaults --user=root --datadir="$data" --skip-name-resolve --socket=/tmp/mysql.sock --pid-file=/tmp/mysqld.pid "$@"
`;

/** In place of the client program, whose \`ping\` succeeds as soon as a server greets, whoever asks. */
const MYSQLADMIN = `#!/bin/sh
[ "$1" = ping ] && [ -n "$(nc -w 2 127.0.0.1 3306 < /dev/null | head -c 1)" ]
`;

export const MYSQL_CHANGES = ['ENV PATH=/usr/sbin:/bin', 'ENTRYPOINT ["/bin/sh", "/start.sh"]'] as const;

/** MySQL below \`root\`, which behaves as the official image does, as far as the environment and the compose file ask it. */
export const mysqlRoot = async (root: string, tools: string, progress: Progress): Promise<void> => {
  const prefix = await obtainMySqlPrefix(progress);
  await cp(join(prefix.root, 'usr'), join(root, 'usr'), { recursive: true, verbatimSymlinks: true });
  for (const name of ['lib', 'lib64']) await symlink(`usr/${name}`, join(root, name));
  await addShell(root, tools);
  await addScript(root, 'start.sh', START);
  await addScript(root, 'bin/mysqladmin', MYSQLADMIN);
  for (const name of ['mysql', 'mysql-files']) await mkdir(join(root, 'var/lib', name), { recursive: true });
  await writeFile(join(root, 'etc/passwd'), 'root:x:0:0:root:/:/bin/sh\n');
};
