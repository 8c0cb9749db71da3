import type { KafkaConfig, SASLOptions } from 'kafkajs'

export const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const

/** How brokers are reached that do not take everybody. */
export interface KafkaAccess {
  /** `ca`: the certificates of the authorities that are trusted, in PEM; without it those that Node knows. */
  tls?: { ca?: string }
  user?: { mechanism: (typeof MECHANISMS)[number]; name: string; password: string }
}

/** Access as the client takes it. */
export const clientAccess = ({ tls, user }: KafkaAccess): Pick<KafkaConfig, 'ssl' | 'sasl'> => ({
  ...(tls && { ssl: tls.ca === undefined ? true : { ca: tls.ca } }),
  ...(user && {
    sasl: {
      mechanism: user.mechanism,
      username: user.name,
      password: user.password,
    } as SASLOptions,
  }),
})

/** What to do about an error that has to do with access, as the end of its sentence. */
export function remedy({ name, message }: Error): string {
  if (name === 'KafkaJSSASLAuthenticationError')
    return '. Check RECOUNT_KAFKA_SASL_MECHANISM, RECOUNT_KAFKA_USERNAME and RECOUNT_KAFKA_PASSWORD'
  if (/authoriz/i.test(message))
    return '. Give the user of RECOUNT_KAFKA_USERNAME the rights that deploy/README.md lists'
  if (/certificate/i.test(message))
    return '. Name the file of the authority that signed the certificate in RECOUNT_KAFKA_CA_FILE, and the brokers as their certificates do'
  if (/clos|reset|disconnected|wrong version number|EPROTO/i.test(message))
    return '. If it answers others, it may want TLS or a user, or no TLS: see RECOUNT_KAFKA_SSL and RECOUNT_KAFKA_SASL_MECHANISM'
  return ''
}
