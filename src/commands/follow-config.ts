import type { RoleAuthority } from '../auth/roles.ts';
import type { Config } from '../config/config.ts';
import type { Environment } from '../config/environment.ts';
import { type ConfigReading, type ConfigWatch, watchConfig } from '../config/watch-config.ts';
import type { Clock } from '../core/clock.ts';
import type { Membership } from '../gateway/membership.ts';
import type { Logger } from '../telemetry/logger.ts';

// A running broker follows its configuration: a new site comes into force, a bad one is refused and named, and whatever
// else changed is said to take a restart.

interface FollowOptions {
  readonly membership: Pick<Membership, 'adopt' | 'refuse'>;
  readonly authority: Pick<RoleAuthority, 'adopt'>;
  readonly env: Environment;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Follows the files of a configuration until it is disposed. */
export function followConfig(config: Config, options: FollowOptions): ConfigWatch {
  const { membership, authority, env, clock, logger } = options;
  const said = createMemory();
  const onReading = (reading: ConfigReading): void => {
    switch (reading.kind) {
      case 'REFUSED': {
        const { message, code } = reading.error;
        membership.refuse(`The newest configuration is not in force: ${message}`);
        if (said.isNew('refused', message)) {
          logger.error({ code, problem: message }, 'The new configuration is refused; the old one stays in force.');
        }
        return;
      }
      case 'USABLE': {
        const { restartKeys, roles, ...topology } = reading.reload;
        const { joined, left } = membership.adopt(topology);
        if (roles !== null && authority.adopt(roles)) {
          logger.info({}, 'The roles are in force as configured now.');
        }
        if (joined.length > 0 || left.length > 0 || said.isNew('refused', '')) {
          logger.info({ joined, left }, 'The site is in force as configured now.');
        }
        if (said.isNew('restart', restartKeys.join(', ')) && restartKeys.length > 0) {
          logger.warn({ keys: restartKeys }, 'These keys have changed and take a restart of this broker.');
        }
      }
    }
  };
  return watchConfig({ config, env, clock, onReading });
}

/** What was said last of each topic, so that nothing is said twice in a row. At first nothing was. */
function createMemory(): { isNew(topic: string, text: string): boolean } {
  const last = new Map<string, string>();
  return {
    isNew(topic, text) {
      const isNew = (last.get(topic) ?? '') !== text;
      last.set(topic, text);
      return isNew;
    },
  };
}
