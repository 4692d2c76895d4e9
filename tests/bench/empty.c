/* The least that a CGI program can do, as the yardstick for a start. */
#include <unistd.h>

int
main(void)
{
	static const char answer[] = "Status: 200\r\n\r\n";

	return write(1, answer, sizeof(answer) - 1) < 0;
}
