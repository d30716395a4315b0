// Tokens that others have signed, with their keys.
#pragma once

#include <array>
#include <string_view>

namespace gantry::jose {

/// RFC 7515, appendix A.2.
inline constexpr std::string_view rfc7515_a2_key =
  "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_"
  "wWJcyQoTbji9k0l8W26mPddxHmf"
  "HQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wG"
  "zjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZ"
  "lxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54"
  "h4FRWyuXpoQ\"}";
/// RFC 7515, appendix A.3.
inline constexpr std::string_view rfc7515_a3_key =
  "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":"
  "\"x_FEzRu9m"
  "36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}";
/// RFC 8037, appendix A.2.
inline constexpr std::string_view rfc8037_a2_key =
  "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}";
/// The RFCs have no example of RS384, RS512 and ES384: joserfc 1.6, in Python, has made these.
inline constexpr std::string_view other_rsa_key =
  "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"plEFpzOsTG8aX0NWkU2IhZ834q71_PYUL-"
  "H9pvcmgzLgs5c2Ac99WqI4PyhcH"
  "Cwy0NwQSOw2MZEsYf5pWxOpNZ2VU6HqREsXSOTyOIQ8DMDjSxGyr8hyI9_OQd42Vz1CYrDyOOTTsMQ63UomXnfpbOP"
  "cpNj0WbmPkF72fzV_hbXxHbwBx8K0f06o6ViTBh32onMk6mV-fZ1KZZHqOei8CPzenM9Qz_WOxejgJxe2n_1X0NYWu"
  "5VJJOmq5D4gJO9eNhuL9jxl1LvQ3n_KsacJkIuLVfwkaBXXKc4bCU5OoGgNrry8VOdawS0NYgzRSO-YWzYzABQh7EC"
  "o_fmntVJ3kw\"}";
inline constexpr std::string_view other_p384_key =
  "{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"aeigLycdYrhUWXv_4OW97T_bYaoBwI0045UUA3fG-"
  "MUphjC9g47kcQfKu4U"
  "-8-T8\",\"y\":\"ROQQkHGDPgiBc3Sv-9LFH7q2cEMKRhXhL2wkHMqXnzC5KhfAmvVJd_cG4q95jBin\"}";

inline constexpr std::string_view rfc7515_a2 =
  "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlL"
  "mNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7"
  "AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWz"
  "O75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZES"
  "c6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlU"
  "PQGe77Rw";
inline constexpr std::string_view rfc7515_a3 =
  "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlL"
  "mNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSA"
  "pmWQxfKTUJqPP3-Kg6NU1Q";
inline constexpr std::string_view rfc8037_a4 =
  "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGc"
  "vMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
inline constexpr std::string_view other_rs384 =
  "eyJhbGciOiJSUzM4NCJ9.eyJpc3MiOiJqb2UifQ.fOCIMBsT_EFbXp34UazGPV3l2OQlEdjxCQqaqeT5JXxqrY5XwP"
  "U4piHZx5JYjdv1bTc4XD1dO1W4HgwpzhKTemLwRN0S2jWfbO2W_cTV8izqc6P3KtSKVPaE0OpZa1Z9r_vysiPzAOcw"
  "XigWhcSbNmLRKrnSAmYu79arNN4r_ykPgrjqv36ih5Y_94BEE1ioXt8kF4ySEglMPn38zKsTSdJgTjt7v70gWYCOFu"
  "L_hTUbmKp52B1HJbFQxKjcgV4v7D6IpVB9283mwTbsngulcEQOJb8m7rw5qXV6IR7AKoWoaY9HbpFj3nQxgxlNniID"
  "BcTb1rVo81xUp1Xq3_25Ag";
inline constexpr std::string_view other_rs512 =
  "eyJhbGciOiJSUzUxMiJ9.eyJpc3MiOiJqb2UifQ.JWtT6jk4J1Kchxdz39xLIjQbEADDsSNPokZhAgeetlCGFNMYUv"
  "PVwWPNatLoETb21ZJ-ImtZWMElS52eL2bmJQndYEBVIBrC3TVTxVyLAkW-p7I5rFvHYcqVt5wBFHtQAO5m4qvO7Uzz"
  "AvtubNob1aAmpew-E2eYQpWdLXHSg4BmhObSaHX_VEWnZvoTchQRzuVH40f617MxTvaRyL1WhqYog8mA02tVRGR6NR"
  "DhQMpQgfikKs57S37JoxTSoROX5NumpfG4EoH3_Twnvboecpwp4Q7RdJ9pXORGLF9sMhlC9AQH_-OPiFY7nU4XFqTM"
  "f6-DBKDM9Jw9uuMC8FfA8Q";
inline constexpr std::string_view other_es384 =
  "eyJhbGciOiJFUzM4NCJ9.eyJpc3MiOiJqb2UifQ.OVuOhuI5vADEoBg6asCg9OPgtj4RdL0-ebKLAin72hilv_uxDF"
  "sg33x0cr4uNEfBnCVslx5iZOEWLcbOluYkMyts1iycnauZX6EpmGdQ4v6pta92oNNZAi0HfGnRBNst";

struct signed_elsewhere {
  std::string_view jwk;
  std::string_view token;
};

/// One of each algorithm.
inline constexpr std::array<signed_elsewhere, 6> signed_by_others{{{rfc7515_a2_key, rfc7515_a2},
                                                                   {other_rsa_key, other_rs384},
                                                                   {other_rsa_key, other_rs512},
                                                                   {rfc7515_a3_key, rfc7515_a3},
                                                                   {other_p384_key, other_es384},
                                                                   {rfc8037_a2_key, rfc8037_a4}}};

} // namespace gantry::jose
