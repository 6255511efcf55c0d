/* Every kernel template by name, NUL-terminated. */
typedef struct { const char *name, *text; } netc_template;
int netc_template_count(void);
netc_template netc_template_at(int index);
