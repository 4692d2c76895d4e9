#include "cli/unit_mend.h"

#include "cli/finding.h"

#define DROPINS "/etc/systemd/system/" UNIT_NAME ".d"

void
unit_mend_init(struct unit_mend *m)
{
	sink_init(&m->lines, m->mem, sizeof(m->mem));
	m->bad = false;
}

static void
put(struct unit_mend *m, const struct sink *line)
{
	sink_byte(&m->lines, ' ');
	shell_word(&m->lines, sink_view(line));
	m->bad = m->bad || line->full || m->lines.full;
}

static void
escape(struct sink *out, struct span text, bool name)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '%' || (name && text.p[i] == '\\'))
			sink_byte(out, text.p[i]);
		sink_byte(out, text.p[i]);
	}
}

static bool
is_edge(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\\';
}

void
unit_mend_credential(
    struct unit_mend *m, struct span name, struct span source, bool encrypted)
{
	unsigned char mem[2 * PATH_TEXT_MAX];
	struct sink line;

	sink_init(&line, mem, sizeof(mem));
	sink_text(
	    &line, encrypted ? "LoadCredentialEncrypted=" : "LoadCredential=");
	escape(&line, name, true);
	if (name.n > 0) {
		sink_byte(&line, ':');
		escape(&line, source, false);
		/* A blank is lost there, and a "\" takes the next line in. */
		m->bad = m->bad || !unit_names(name) || is_edge(name.p[0]) ||
			 source.n == 0 || is_edge(source.p[source.n - 1]);
	}
	put(m, &line);
}

void
unit_mend_logs(struct unit_mend *m, struct span name)
{
	unsigned char mem[PATH_TEXT_MAX];
	struct sink line;

	sink_init(&line, mem, sizeof(mem));
	sink_text(&line, "LogsDirectory=");
	sink_span(&line, name);
	put(m, &line);
}

void
unit_mend_say(const struct unit_mend *m, bool sudo, struct sink *out)
{
	const char *as = sudo ? "sudo " : "";

	if (m->bad)
		return;
	/* The first line ends what may stand there without an end. */
	sink_say(out,
	    "%smkdir -p " DROPINS " && printf '%%s\\n' '' '[Service]'%v | "
	    "%stee -a " DROPINS "/" UNIT_DROPIN " >/dev/null && "
	    "%ssystemctl daemon-reload && %ssystemctl restart 'signpost@*'",
	    as, sink_view(&m->lines), as, as, as);
}
