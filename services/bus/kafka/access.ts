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

/** What an error of the client says, and what to do about it where it has to do with access. */
export function explained(error: Error & { errors?: readonly Error[] }): string {
  // Of several topics each has its own.
  const message = error.errors?.map((each) => each.message).join('; ') ?? error.message
  return `${message}${remedy(error.name, message)}`
}

function remedy(name: string, message: string): string {
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
