// Package rules holds the rules that ftlint comes with: each is a value of type
// [lint.Rule] with a pure function, in the file of its family.
package rules

import (
	"slices"
	"strings"

	"github.com/ftlint/ftlint/lint"
)

// list holds every rule, in the order of the ids.
var list = []*lint.Rule{
	&completionKeys,        // FTC001
	&completionType,        // FTC002
	&completionEmpty,       // FTC003
	&completionSpace,       // FTC004
	&completionSuffix,      // FTC005
	&completionLegacyModel, // FTC006

	&messagesMissing,  // FTE001
	&messagesType,     // FTE002
	&messagesEmpty,    // FTE003
	&unknownTopKey,    // FTE004
	&requestParameter, // FTE005
	&noAssistant,      // FTE006
	&lastNotAssistant, // FTE007
	&noUser,           // FTE008
	&noSystem,         // FTE009
	&systemNotFirst,   // FTE010
	&severalSystem,    // FTE011
	&nothingTrained,   // FTE012
	&tooManyMessages,  // FTE013
	&otherFormat,      // FTE014
	&systemOnOwnLine,  // FTE015

	&fileEmpty,       // FTF001
	&fileExtension,   // FTF002
	&fileTooLarge,    // FTF003
	&fileOverPortal,  // FTF004
	&fileUseChunked,  // FTF005
	&fileOver8GB,     // FTF006
	&bomMissing,      // FTF007
	&bomPresent,      // FTF008
	&bomInside,       // FTF009
	&invalidUTF8,     // FTF010
	&wrongEncoding,   // FTF011
	&crlf,            // FTF012
	&crOnly,          // FTF013
	&blankLine,       // FTF014
	&noFinalNewline,  // FTF015
	&controlChar,     // FTF016
	&compressedInput, // FTF017
	&tooFewExamples,  // FTF018
	&fewExamples,     // FTF019
	&mixedFormats,    // FTF020
	&methodMismatch,  // FTF021
	&modelMethod,     // FTF022
	&unicodeLineSep,  // FTF023
	&lineTooLong,     // FTF024
	&notJSONL,        // FTF025

	&jsonArrayFile, // FTJ001
	&prettyPrinted, // FTJ002
	&jsonSyntax,    // FTJ003
	&notObject,     // FTJ004
	&trailingData,  // FTJ005
	&duplicateKey,  // FTJ006
	&loneSurrogate, // FTJ007
	&nanInfinity,   // FTJ008
	&tooDeep,       // FTJ009

	&roleMissing,          // FTM001
	&roleUnknown,          // FTM002
	&developerRole,        // FTM003
	&systemInRFT,          // FTM004
	&functionRole,         // FTM005
	&contentAbsent,        // FTM006
	&contentType,          // FTM007
	&contentNull,          // FTM008
	&contentEmpty,         // FTM009
	&contentStringList,    // FTM010
	&partType,             // FTM011
	&toolContentParts,     // FTM012
	&unsupportedMedia,     // FTM013
	&unknownMessageKey,    // FTM014
	&weightType,           // FTM015
	&weightValue,          // FTM016
	&weightRole,           // FTM017
	&nameFormat,           // FTM018
	&specialToken,         // FTM019
	&consecutiveAssistant, // FTM020
	&consecutiveUser,      // FTM021
	&assistantFirst,       // FTM022
	&partsEmpty,           // FTM023
	&refusalParts,         // FTM024
	&templateLeftover,     // FTM025
	&messageShape,         // FTM026
	&partShape,            // FTM027

	&dpoMissingKey,         // FTP001
	&dpoOldKeys,            // FTP002
	&dpoInputShape,         // FTP003
	&dpoInputEndsAssistant, // FTP004
	&dpoOutputCount,        // FTP005
	&dpoOutputRole,         // FTP006
	&dpoIdentical,          // FTP007
	&dpoImage,              // FTP008
	&dpoWeight,             // FTP009
	&dpoOutputEmpty,        // FTP012

	&rftLastUser,           // FTR001
	&rftFieldsInconsistent, // FTR003
	&rftConstantField,      // FTR004
	&rftNoExtra,            // FTR005
	&rftNeedsValidation,    // FTR006
	&rftCaps,               // FTR007
	&rftCOTPhrases,         // FTR008
	&rftReservedKey,        // FTR009
}

// All returns every rule, ordered by id. The slice is the caller's: append to
// it, or change the copies of the rules in it.
func All() []lint.Rule {
	rules := make([]lint.Rule, len(list))
	for i, r := range list {
		rules[i] = *r
	}
	return rules
}

// Lookup returns the rule with the id or name, in any case.
func Lookup(idOrName string) (lint.Rule, bool) {
	i := slices.IndexFunc(list, func(r *lint.Rule) bool {
		return strings.EqualFold(r.ID, idOrName) || strings.EqualFold(r.Name, idOrName)
	})
	if i < 0 {
		return lint.Rule{}, false
	}
	return *list[i], true
}
