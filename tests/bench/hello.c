/* The empty program that the whole job is measured against. */
#include <fcgiapp.h>

int
main(void)
{
	FCGX_Request r;

	FCGX_Init();
	FCGX_InitRequest(&r, 0, 0);
	while (FCGX_Accept_r(&r) == 0) {
		FCGX_PutS(
		    "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\nok",
		    r.out);
		FCGX_Finish_r(&r);
	}
	return 0;
}
