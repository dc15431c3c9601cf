#ifndef NONE
#define NONE
#endif
