/* The command line. Exit codes: 0 good, 1 a mistake was found, 2 usage. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

/* Runs `signpost COMMAND ...` and returns the exit code. */
int cli_main(int argc, char **argv);

/* The commands. argv[0] is the command's own name. */
int cli_check(int argc, char **argv);
int cli_doctor(int argc, char **argv);
int cli_init(int argc, char **argv);
int cli_keygen(int argc, char **argv);
int cli_explain(int argc, char **argv);
int cli_inspect(int argc, char **argv);
int cli_mint(int argc, char **argv);
int cli_sign(int argc, char **argv);
int cli_call(int argc, char **argv);

#endif
