/**
 * Self-signed certificates for tests alone, valid until 2126; their keys are public by being here.
 * Made by: openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500
 *   -subj /CN=<name> -addext subjectAltName=DNS:<name>
 */
export type TestCertificate = { readonly cert: string; readonly key: string };

/** For `localhost` and 127.0.0.1. */
export const localhostCertificate: TestCertificate = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIULUPDCqQr/8cQQkhWl910g/3x1A4wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTAxMzA0MloYDzIxMjYxMDI4
MDEzMDQyWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARPL0Y2aet76rq/yKZCOfJOhgoy+6/Q2EVPBqaE8LBvcimKKeCvDq5+
cfpcgdh7LzqsLpPmYfKzKgcRAqReqBiso28wbTAdBgNVHQ4EFgQUIBbp308Nwkxv
OTrYTZzY/CasS5swHwYDVR0jBBgwFoAUIBbp308NwkxvOTrYTZzY/CasS5swDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIhANott39HMqkyc/h7BtRFO8IKJt1kxDs6KAkXoDuGaQmZAiAB
risXf9i5qYf6zfHruz+dSPgkWV6+rURoJrj5v3HFCQ==
-----END CERTIFICATE-----`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgXvMW+dvDkAd9Ce+l
v1IUVmHMWpbQOu1UQMSDfODbvcqhRANCAARPL0Y2aet76rq/yKZCOfJOhgoy+6/Q
2EVPBqaE8LBvcimKKeCvDq5+cfpcgdh7LzqsLpPmYfKzKgcRAqReqBis
-----END PRIVATE KEY-----`,
};

/** For `wrong.example`. */
export const wrongNameCertificate: TestCertificate = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBoTCCAUegAwIBAgIUcSuJ4JdJaVOl4TK7VibSdLq0hSAwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNd3JvbmcuZXhhbXBsZTAgFw0yNjExMjEwMTMwNDJaGA8yMTI2
MTAyODAxMzA0MlowGDEWMBQGA1UEAwwNd3JvbmcuZXhhbXBsZTBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABP1G9eUih31C9ZkGrwApyXCtrTh4svjL/6OIDN3kT0bv
DzRPZ4d3UA7CTJdRr1ehFwUhZpiNLw5w7tm3pqRebf+jbTBrMB0GA1UdDgQWBBTd
KwGJXl01s5cbu4FW7Dc7Jx3m9DAfBgNVHSMEGDAWgBTdKwGJXl01s5cbu4FW7Dc7
Jx3m9DAPBgNVHRMBAf8EBTADAQH/MBgGA1UdEQQRMA+CDXdyb25nLmV4YW1wbGUw
CgYIKoZIzj0EAwIDSAAwRQIhAJkXSXcw6honMw7n+O74tHGGf3kTOYo36E8bDNij
4eXHAiAEn0bVsB/JvRp/d2OPJXiqNaXxtAvGSc9uX3uBwV/WEg==
-----END CERTIFICATE-----`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg5LoKpqvNZw73zFGr
kbv3BdSiM5fZJGXhgqQAIhV45sihRANCAAT9RvXlIod9QvWZBq8AKclwra04eLL4
y/+jiAzd5E9G7w80T2eHd1AOwkyXUa9XoRcFIWaYjS8OcO7Zt6akXm3/
-----END PRIVATE KEY-----`,
};
