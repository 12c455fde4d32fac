//go:build !purego

#include "textflag.h"

// Every processor of this kind has these instructions (SSE2): there is nothing to detect.

// func skipVectors(b []byte, i int, escapes *[256]bool) (end int, escaped bool)
TEXT ·skipVectors(SB), NOSPLIT, $0-49
	MOVQ b_base+0(FP), SI
	MOVQ b_len+8(FP), R9
	MOVQ i+24(FP), DI
	MOVQ escapes+32(FP), R8
	ADDQ SI, R9             // the end of b
	LEAQ -16(R9), DX        // the last place where 16 bytes stand
	ADDQ SI, DI
	XORL R10, R10           // escaped
	MOVQ $0x2222222222222222, AX
	MOVQ AX, X1
	PUNPCKLQDQ X1, X1       // quotes
	MOVQ $0x5C5C5C5C5C5C5C5C, AX
	MOVQ AX, X2
	PUNPCKLQDQ X2, X2       // backslashes
	MOVQ $0x2020202020202020, AX
	MOVQ AX, X3
	PUNPCKLQDQ X3, X3       // spaces

sixteen:
	CMPQ DI, DX
	JHI  done
	MOVOU (DI), X0
	MOVO X3, X4
	PCMPGTB X0, X4          // less than a space, signed: control characters and all that is not ASCII
	MOVO X0, X5
	PCMPEQB X1, X0
	PCMPEQB X2, X5
	POR  X0, X4
	POR  X5, X4
	PMOVMSKB X4, AX
	TESTL AX, AX
	JNZ  special
	ADDQ $16, DI
	JMP  sixteen

special:
	BSFL AX, AX
	ADDQ AX, DI
	CMPB (DI), $0x5C
	JNE  done
	LEAQ 1(DI), CX
	CMPQ CX, R9
	JEQ  done               // a backslash at the very end
	MOVBLZX (CX), AX
	CMPB (R8)(AX*1), $0
	JEQ  done
	MOVL $1, R10
	ADDQ $2, DI
	JMP  sixteen

done:
	SUBQ SI, DI
	MOVQ DI, end+40(FP)
	MOVB R10, escaped+48(FP)
	RET
