// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/ipcprimsglobal.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>

#include <functional>
#include <span>

namespace IpcPrims {

class JsonVisitor;

/*!
    Reads JSON text front to back, as strictly as the handshake and the control messages ask for.

    Why not one of the usual parsers: the protocol tells \c 1 from \c 1.0, refuses a repeated
    member, judges the encoding of the strings it uses, and yet steps over members it does not know
    with ill-formed UTF-8, half surrogate pairs or numbers beyond any range in them. QJsonDocument
    does none of these; RapidJSON always refuses half a pair, and checks the encoding of a whole
    text or of nothing.

    The first error stays: from then on every function does nothing and returns \c false or an
    empty value, so that a caller looks at hasError() once, at the end. No function calls itself,
    and memory is only taken in proportion to what is there: a byte or two for each of the text's.
*/
class IPCPRIMS_AUTOTEST_EXPORT StrictJsonReader
{
public:
    enum class Next : quint8 { Object, Array, String, Number, Boolean, Null, Nothing };

    /// A member that readObject() knows; \c read has to read its value and nothing else.
    struct Member
    {
        QByteArrayView name;
        bool isRequired;
        std::function<void()> read;
        bool wasSeen = false;
    };

    /// The memory behind \a text has to outlive the reader.
    explicit StrictJsonReader(QByteArrayView text)
        : m_text(text)
    {}

    bool hasError() const { return !m_error.isEmpty(); }
    /// What was expected and where; never a part of the text.
    QString errorString() const { return m_error; }
    /// Reports an error at the present place, unless there is one already. Returns \c false.
    bool fail(const QString &what);

    /// What kind of value starts here, told by its first character.
    Next next();

    /// Afterwards nextMember() or nextElement() is called until it returns \c false.
    bool enterObject();
    bool enterArray();
    /// Goes to the value of the next member; false at the object's end. See readString() on names.
    bool nextMember(QByteArray *name);
    /// Goes to the next element; false at the array's end.
    bool nextElement();

    /*!
        Reads a string into \a utf8. With a null pointer only its form is judged, which takes in
        escapes and control characters, but neither the encoding nor the pairing of surrogates.
    */
    bool readString(QByteArray *utf8);
    /// As above, without a copy if there is no escape in it: \a utf8 then is a part of the text,
    /// else of \a memory.
    bool readString(QByteArrayView *utf8, QByteArray *memory);
    /// Reads a whole number without sign, fraction and exponent.
    bool readInteger(quint16 max, quint16 *value);

    /// Steps over a value of which only the form matters, however deep it is.
    void skipValue();
    /// Steps over a value that has to be representable: depth, strings and range of numbers count.
    void checkValue(qsizetype maxDepth);
    /// Steps over a value that \a visitor looks at, and returns it as it stands in the text.
    QByteArrayView visitValue(JsonVisitor *visitor);

    /// Reads an object, each known member at most once; members that are not known are skipped.
    bool readObject(std::span<Member> members);
    /// Makes sure that nothing but white space is left.
    bool readEnd();

private:
    bool failAt(qsizetype position, const QString &what);
    char peek();
    bool take(char c);
    bool takeDigits();
    bool enter(char opening, QLatin1String what);
    bool nextItem(char closing);
    bool nextMember(QByteArrayView *name, QByteArray *memory);
    bool readColon();
    QByteArrayView readNumber();
    bool skipLiteral();
    void readEscape(QByteArray *utf8);
    char32_t readHexUnit();

    QByteArrayView m_text;
    qsizetype m_pos = 0;
    bool m_isFirstItem = false; ///< Nothing but the opening bracket was read of the container.
    QString m_error;
};

/// Looks at the parts of a value that a StrictJsonReader steps over, and may have the reader
/// fail().
class IPCPRIMS_AUTOTEST_EXPORT JsonVisitor
{
public:
    /// Whether what is in strings counts, which then are read for it; else it is only their form.
    explicit JsonVisitor(bool readsStrings)
        : m_readsStrings(readsStrings)
    {}
    virtual ~JsonVisitor() = default;

    /// A value of any kind begins.
    virtual void value(StrictJsonReader &) {}
    /// It is an object or an array; \a depth of them are open now.
    virtual void entered(StrictJsonReader &, qsizetype /*depth*/) {}
    /// The innermost one that is open ends.
    virtual void left(StrictJsonReader &) {}
    /// \a utf8 is empty if strings aren't read.
    virtual void member(StrictJsonReader &, QByteArrayView /*utf8*/) {}
    virtual void number(StrictJsonReader &, QByteArrayView /*token*/) {}

private:
    Q_DISABLE_COPY_MOVE(JsonVisitor)
    friend class StrictJsonReader;
    const bool m_readsStrings;
    QByteArray m_text;
};

/// As QByteArray::append(), which takes several times as many instructions.
IPCPRIMS_AUTOTEST_EXPORT void appendText(QByteArray *json, QByteArrayView text);
/// Appends \a utf8, which has to be valid, as a JSON string.
IPCPRIMS_AUTOTEST_EXPORT void appendJsonString(QByteArray *json, QByteArrayView utf8);
IPCPRIMS_AUTOTEST_EXPORT void appendJsonInteger(QByteArray *json, quint16 number);

} // namespace IpcPrims
