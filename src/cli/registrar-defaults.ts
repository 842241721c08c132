// What `regstorm registrar` takes where it is not told: named in its help, used when it starts.

export const LISTEN_DEFAULT = '127.0.0.1:5060';
export const USERS_DEFAULT = 100_000;
export const DOMAIN_DEFAULT = 'test.example';
