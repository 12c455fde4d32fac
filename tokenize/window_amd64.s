//go:build !purego

#include "go_asm.h"
#include "textflag.h"

// asciiRow stores the row of ASCII that K has the bits of.
#define asciiRow(K, row) \
	KMOVQ K, AX                                 \
	ANDQ  R11, AX                               \
	MOVQ  AX, (window_rows+row*8)(DI)

// plane adds to a register the lanes that have a bit of their look.
#define plane(bit, register) \
	VPTESTMD.BCST (vectorConstants_bits+bit*4)(R8), Z14, K1, K2 \
	KMOVW         K2, AX                                        \
	SHLXQ         CX, AX, AX                                    \
	ORQ           AX, register

// inSet finds out which characters (Z13), of those in lanes, are in a set of the glue
// (AX) with the ones before them (Z15): see pairHash and tailHash.
#define inSet(left, down, set, lanes, found) \
	VPSLLD        left, Z15, Z16                              \
	VPXORD        Z13, Z16, Z16                               \
	VPMULLD.BCST  vectorConstants_factor(R8), Z16, Z16        \
	VPSRLD        down, Z16, Z16                              \
	VPSRLD        $5, Z16, Z17                                \
	KMOVW         lanes, K3                                   \
	VPXORD        Z18, Z18, Z18                               \
	VPGATHERDD    set(AX)(Z17*4), K3, Z18                     \
	VPRORVD       Z16, Z18, Z18                               \
	VPTESTMD.BCST vectorConstants_bits(R8), Z18, lanes, found

// spread puts the bits of characters from their first byte to the others (R12).
#define spread(register) \
	LEAQ (register)(register*1), AX \
	ANDQ R12, AX                    \
	ORQ  AX, register               \
	LEAQ (register)(register*1), AX \
	ANDQ R12, AX                    \
	ORQ  AX, register

// func readVector(w *window, text *[80]byte, n int, more bool, looks *look, glue *glue) bool
TEXT ·readVector(SB), NOSPLIT, $0-49
	MOVQ w+0(FP), DI
	MOVQ text+8(FP), SI
	MOVQ n+16(FP), CX
	LEAQ ·vectors(SB), R8

	// R9: a bit for each of the n bytes.
	MOVQ  $64, AX
	SUBQ  CX, AX
	MOVQ  $-1, R9
	SHRXQ AX, R9, R9

	// R10: bytes beyond ASCII. R11: the others. Their rows come out of a table of
	// 128 bytes, as bits of each byte.
	VMOVDQU64 (SI), Z0
	VMOVDQU   64(SI), X1
	VMOVDQU64 (vectorConstants_asciiRows)(R8), Z2
	VMOVDQU64 (vectorConstants_asciiRows+64)(R8), Z3
	VMOVDQA64 Z0, Z4
	VPERMI2B  Z3, Z2, Z4
	VPMOVB2M  Z0, K1
	KMOVQ     K1, R10
	ANDQ      R9, R10
	ANDNQ     R9, R10, R11
	VPMOVB2M  Z4, K1
	VPADDB    Z4, Z4, Z4
	VPMOVB2M  Z4, K2
	VPADDB    Z4, Z4, Z4
	VPMOVB2M  Z4, K3
	VPADDB    Z4, Z4, Z4
	VPMOVB2M  Z4, K4
	VPADDB    Z4, Z4, Z4
	VPMOVB2M  Z4, K5
	VPADDB    Z4, Z4, Z4
	VPMOVB2M  Z4, K6
	VPADDB    Z4, Z4, Z4
	VPMOVB2M  Z4, K7
	asciiRow(K1, const_other)
	asciiRow(K2, const_upper)
	asciiRow(K3, const_lower)
	asciiRow(K4, const_number)
	asciiRow(K5, const_space)
	asciiRow(K6, const_newline)
	asciiRow(K7, const_blank)
	XORL      AX, AX
	MOVQ      AX, (window_rows+const_both*8)(DI)
	MOVQ      AX, (window_rows+const_mark*8)(DI)
	MOVBLZX   more+24(FP), DX
	MOVB      DX, window_more(DI)
	TESTQ     R10, R10
	JZ        nothing

	// R12: bytes that continue a character. R13: those that begin one. BX: those
	// that begin one of three bytes.
	MOVL         $0xc0, AX
	VPBROADCASTB AX, Z5
	VPCMPB       $1, Z5, Z0, K1   // signed: 0x80 is the lowest
	KMOVQ        K1, R12
	ANDQ         R10, R12
	ANDNQ        R10, R12, R13
	MOVL         $0xc2, AX
	VPBROADCASTB AX, Z5
	VPCMPUB      $1, Z5, Z0, K1   // begins none
	MOVL         $0xf0, AX
	VPBROADCASTB AX, Z5
	VPCMPUB      $5, Z5, Z0, K2   // begins one of four bytes, or none
	KORQ         K1, K2, K1
	KMOVQ        K1, AX
	TESTQ        R13, AX
	JNZ          odd
	MOVL         $0xe0, AX
	VPBROADCASTB AX, Z5
	VPCMPUB      $5, Z5, Z0, K1
	KMOVQ        K1, BX
	ANDQ         R13, BX

	// The bytes that continue a character have to be those that its first calls for.
	LEAQ (R13)(R13*1), AX
	LEAQ (BX*4), R11
	ORQ  R11, AX
	ANDQ R9, AX
	CMPQ AX, R12
	JNE  odd

	// If the last character goes on after the window, the window ends before it.
	MOVQ   R9, AX
	SHRQ   $1, AX
	XORQ   R9, AX
	MOVQ   AX, R11
	ANDQ   R13, AX
	SHRQ   $1, R11
	ANDQ   BX, R11
	ORQ    R11, AX
	JZ     complete
	TESTL  DX, DX
	JZ     odd
	TZCNTQ AX, CX
	DECQ   AX
	ANDQ   AX, R10
	ANDQ   AX, R12
	ANDQ   AX, R13
	JZ     nothing

complete:
	MOVQ CX, window_n(DI)

	// The characters, sixteen at a time. Z8: where they are. K7: how many, as bits.
	// R14: which are joined to the one before them, as bits in their order; the same
	// way R9, BX, DX: the bits of their classes; SI, R11: those of their tokens.
	KMOVQ         R13, K1
	VMOVDQU64     vectorConstants_places(R8), Z8
	VPCOMPRESSB.Z Z8, K1, Z8
	PEXTQ         R13, R13, AX
	KMOVQ         AX, K7
	VMOVDQU64     vectorConstants_fourTimes(R8), Z20
	VMOVDQU64     vectorConstants_fourBytes(R8), Z21
	VMOVDQU64     vectorConstants_sixBits(R8), Z22
	VPXORD        Z19, Z19, Z19
	XORL          CX, CX
	XORL          R9, R9
	XORL          BX, BX
	XORL          DX, DX
	XORL          SI, SI
	XORL          R11, R11
	XORL          R14, R14

sixteen:
	KMOVW K7, K1

	// Z12: the bytes of each. Z13: its code point. K2: whether it has three bytes.
	VPERMB        Z8, Z20, Z12
	VPADDB        Z21, Z12, Z12
	VPERMI2B      Z1, Z0, Z12
	VPTESTMD.BCST vectorConstants_isWide(R8), Z12, K1, K2
	VPANDD.BCST   vectorConstants_narrow(R8), Z12, Z13
	VPANDD.BCST   vectorConstants_wide(R8), Z12, K2, Z13
	VPMADDUBSW    Z22, Z13, Z13
	VPBROADCASTD  vectorConstants_twelve(R8), Z14
	VPMADDWD      Z14, Z13, K2, Z13
	VPANDD.BCST   vectorConstants_blocks(R8), Z13, Z14
	VPTESTNMD     Z14, Z14, K2, K3
	VPCMPEQD.BCST vectorConstants_surrogate(R8), Z14, K2, K4
	KORTESTW      K3, K4
	JNZ           odd
	VMOVDQU32     Z13, window_runes(DI)(CX*4)

	// Z14: their looks. Z15: the characters before them.
	MOVQ       looks+32(FP), AX
	KMOVW      K1, K3
	VPXORD     Z14, Z14, Z14
	VPGATHERDD (AX)(Z13*1), K3, Z14
	VALIGND    $15, Z19, Z13, Z15
	VMOVDQA64  Z13, Z19

	// K5: which are joined, see glue.joins.
	MOVQ          glue+40(FP), AX
	inSet($16, $(32-const_pairBits), glue_pairs, K1, K5)
	VPTESTMD.BCST (vectorConstants_bits+3*4)(R8), Z14, K1, K6
	KORTESTW      K6, K6
	JZ            notTailed
	inSet($26, $(32-const_tailBits), glue_tails, K6, K6)
	KORW          K5, K6, K5

notTailed:
	KMOVW    K5, AX
	SHLXQ    CX, AX, AX
	ORQ      AX, R14
	plane(0, R9)
	plane(1, BX)
	plane(2, DX)
	plane(4, SI)
	plane(5, R11)
	VALIGND  $4, Z8, Z8, Z8
	ADDQ     $16, CX
	KSHIFTRQ $16, K7, K7
	KORTESTQ K7, K7
	JNZ      sixteen

	// From the order of the characters to their places.
	PDEPQ R13, R14, R14
	PDEPQ R13, SI, SI
	PDEPQ R13, R11, R11
	PDEPQ R13, R9, R9
	PDEPQ R13, BX, BX
	PDEPQ R13, DX, DX
	MOVQ  SI, window_one(DI)
	MOVQ  R11, window_two(DI)
	MOVQ  R10, window_beyond(DI)
	MOVQ  R12, window_rest(DI)
	ANDNQ R13, R14, R13
	LEAQ  (R10)(R10*1), AX
	ANDQ  AX, R13
	MOVQ  R13, window_cuts(DI)

	// The classes are numbers of three bits.
	spread(R9)
	spread(BX)
	spread(DX)
	ANDNQ R10, DX, SI  // other, upper, lower, both
	ANDNQ SI, BX, R11  // other, upper
	ANDNQ R11, R9, AX
	ORQ   AX, (window_rows+const_other*8)(DI)
	ANDQ  R9, R11
	ORQ   R11, (window_rows+const_upper*8)(DI)
	ANDQ  BX, SI       // lower, both
	ANDNQ SI, R9, AX
	ORQ   AX, (window_rows+const_lower*8)(DI)
	ANDQ  R9, SI
	MOVQ  SI, (window_rows+const_both*8)(DI)
	ANDNQ DX, BX, R11  // mark, number
	ANDNQ R11, R9, AX
	MOVQ  AX, (window_rows+const_mark*8)(DI)
	ANDQ  R9, R11
	ORQ   R11, (window_rows+const_number*8)(DI)
	ANDQ  BX, DX       // space
	ORQ   DX, (window_rows+const_space*8)(DI)
	VZEROUPPER
	MOVB  $1, ret+48(FP)
	RET

nothing:
	XORL AX, AX
	MOVQ AX, window_beyond(DI)
	MOVQ AX, window_rest(DI)
	MOVQ AX, window_cuts(DI)
	MOVQ AX, window_one(DI)
	MOVQ AX, window_two(DI)
	MOVQ CX, window_n(DI)
	VZEROUPPER
	MOVB $1, ret+48(FP)
	RET

odd:
	VZEROUPPER
	MOVB $0, ret+48(FP)
	RET
