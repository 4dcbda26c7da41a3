/* SPDX-License-Identifier: Apache-2.0 */
/* The files with keys: CURVE pairs, signing keys, one-time enrolment. */
#include "fuzz.h"

#include "enrolfile.h"
#include "mqkeys.h"
#include "signkeys.h"
#include "utf8.h"

void fuzz_setup(void)
{
}

/* Pairs from documents, so that nobody takes them for keys: that of the ZeroMQ manual and the seed of zeros. */
#define PUBLIC "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
#define SECRET "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6"
#define SIGN_PUBLIC "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29"
#define SIGN_SEED "0000000000000000000000000000000000000000000000000000000000000000"

ptrdiff_t fuzz_seed(size_t index, uint8_t *out, size_t size)
{
	static const char *const texts[] = {
		"zhibao-key v1\npublic " PUBLIC "\nsecret " SECRET "\n",
		"zhibao-key v1 public " PUBLIC,
		"zhibao-key v1\npublic " SECRET "\nsecret " PUBLIC "\n",
		"zhibao-sign v1\nname 3b6a27bcceb6a42d\npublic " SIGN_PUBLIC "\nsecret " SIGN_SEED "\n",
		"zhibao-sign v1\nname 3b6a27bcceb6a42d\npublic " SIGN_PUBLIC "\n",
		("zhibao-enrol v1\noffice 420102\nendpoints tcp://a:5670,tcp://b:5670\nserver " PUBLIC "\ncode " SECRET
		"\nexpires 2026-12-01T00:00:00+08:00\n"),
		"",
	};
	return fuzz_text_seed(texts, sizeof(texts) / sizeof(texts[0]), index, out, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *path = fuzz_file("keys", data, len);
	for (int needs_secret = 0; needs_secret < 2; needs_secret++) {
		struct mq_keys keys;
		struct sign_keys sign_keys;
		struct err err = {0};
		if (mq_keys_read(path, needs_secret, &keys, &err) == 0)
			must(!needs_secret || keys.has_secret);
		else
			must(err.code == ERR_CONFIG && utf8_is_valid(err.text, strlen(err.text)));
		err = (struct err){0};
		if (sign_keys_read(path, needs_secret, &sign_keys, &err) == 0)
			must((!needs_secret || sign_keys.has_secret) && strlen(sign_keys.name) == SIGN_NAME_SIZE - 1);
		else
			must(err.code == ERR_CONFIG);
	}
	struct enrol_file file;
	struct err err = {0};
	if (enrol_file_read(path, &file, &err) == 0)
		must(memchr(file.office_code, 0, sizeof(file.office_code)) && file.one_time.has_secret);
	else
		must(err.code != ERR_NONE);
	return 0;
}
