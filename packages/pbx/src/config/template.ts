/** What `trunkline init` writes: every key, with what it means; what is commented out is its default or an example. */
export const configTemplate = `# Trunkline. Check this file with: trunkline check --config FILE
# Keys that are commented out show their defaults, or an example where they are off by default.
# A secret may be written as { env: NAME } or { file: PATH }.
version: 1

sip:
  udp: 0.0.0.0:5060                    # where SIP over UDP is bound
  publicAddress: 198.51.100.204        # how others reach this host; ec2 asks the instance's metadata service
  # tcp: 0.0.0.0:5060
  # tls: { bind: "0.0.0.0:5061", certificate: ./certificate.pem, key: ./key.pem }

trunk:
  host: abcdefghijklm.voiceconnector.chime.aws
  allow: [us-east-1]                   # Voice Connector regions or address ranges; strangers get no answer
  # port: 5060                         # without it SRV records are looked up too
  # transport: udp                     # udp, tcp or tls; tcp and tls need sip.tcp or sip.tls
  # srtp: false                        # keys in the SDP; needs tls
  # optionsSeconds: 30                 # how often every address of the host is asked for a sign of life
  # hold: local                        # signalled: the trunk is told by re-INVITE when its party is put on hold
  # nameServers: [10.0.0.2]            # whom to ask for the host's addresses; default: the machine's own DNS
  # credentials: { username: trunk, password: { env: TRUNK_PASSWORD } }

numbers:                               # your numbers and whom they ring, all at once
  "+12025550100": { ring: [alice] }    # ringSeconds: 30, unanswered: announcement, { play: FILE.wav } or reject;
                                       # transferOut: true lets its callers be transferred to the network again

users:
  alice: { name: Alice, callerId: "+12025550100" }   # extension: "101", operator: true, callWaiting: false
  # desk: { name: Desk phone, callerId: "+12025550100", device: { username: desk, password: { env: DESK } } }
                                       # over TLS a device has SRTP, unless its device says srtp: false
  # lab: { name: Lab gateway, callerId: "+12025550100", contact: "sip:10.0.0.7:5060" }

# devices: { allow: [10.0.0.0/8] }     # where SIP phones may register from; without it: nowhere

# calling:
#   country: US                        # how national numbers are read
#   allow: [US, CA]                    # countries that may be dialled; default: your own
#   allowPremium: false                # premium, shared-cost and satellite numbers
#   callsPerSecond: 1                  # towards the trunk
#   maxCalls: 10
#   maxCallsPerUser: 2
#   maxMinutes: 240                    # the longest call
#   maxHoldMinutes: 60                 # the longest that somebody is on hold
#   minutesPerUserPerDay: 300          # over the trunk

# media:
#   trunkPorts: 10000-19999            # UDP ports for the trunk's and the phones' sound
#   browserPorts: 20000-29999          # UDP ports for the browsers' sound
#   workers: auto                      # threads that relay sound
#   publicAddress: 198.51.100.204      # what browsers are offered; default: sip.publicAddress
#   silenceSeconds: 60                 # a side that sends nothing for so long is gone

# http:
#   bind: 127.0.0.1:8080               # the phone's page
#   publicUrl: https://phone.example.com   # where people reach it: the name of the TLS proxy before it
#   trustedProxies: [127.0.0.1]        # the proxy's address: its X-Forwarded-For says who asks

# access:
#   sessionDays: 90                    # how long a browser stays signed in
#   oidc:                              # sign in with a company's OpenID Connect provider; needs http.publicUrl
#     issuer: https://accounts.google.com
#     clientId: x
#     clientSecret: { env: OIDC_SECRET }
#     label: your company account      # Sign in with ...
#     users: { alice@example.com: alice }   # by verified e-mail address, or by the provider's own name (sub)

# admin:
#   bind: 127.0.0.1:9090               # healthz, readyz and metrics for monitoring
#   socket: ./trunkline.sock           # what the commands use

# storage: { path: ./trunkline.db, historyDays: 365 }
# log: { level: info }                 # trace, debug, info, warn or error
`;
