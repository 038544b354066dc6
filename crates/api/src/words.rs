//! The texts of problems in the five languages.

use portico_kernel::Locale;

/// What happened and what to do.
pub fn problem(slug: &str, locale: Locale) -> (&'static str, &'static str) {
    let row: [(&str, &str); 5] = match slug {
        "not-found" => [
            ("找不到", "這個項目可能已被刪除，或您沒有檢視權限。"),
            ("Not found", "It may have been deleted, or you may not see it."),
            ("見つかりません", "削除されたか、閲覧権限がありません。"),
            ("찾을 수 없습니다", "삭제되었거나 볼 수 있는 권한이 없습니다."),
            ("Nenalezeno", "Možná to bylo smazáno, nebo k tomu nemáte přístup."),
        ],
        "forbidden" => [
            ("沒有權限", "您的角色不允許這項操作。請管理員為您授權。"),
            ("Permission missing", "None of your roles grants this. Ask an administrator for it."),
            ("権限がありません", "現在のロールでは許可されていません。管理者に依頼してください。"),
            ("권한이 없습니다", "현재 역할로는 할 수 없는 작업입니다. 관리자에게 요청하세요."),
            ("Chybí oprávnění", "Žádná z vašich rolí to nedovoluje. Požádejte správce."),
        ],
        "not-yours" => [
            ("您無法變更這個項目", "您可以檢視，但只有具備相應權限的同事才能變更。"),
            ("Not yours to change", "You may see this. Changing it is for colleagues with more rights to it."),
            ("変更できません", "閲覧はできますが、変更できるのは権限のある同僚だけです。"),
            ("변경할 수 없습니다", "볼 수는 있지만, 변경은 권한이 있는 동료만 할 수 있습니다."),
            ("Toto nemůžete měnit", "Můžete si to prohlížet, ale měnit to smějí jen kolegové s vyšším oprávněním."),
        ],
        "conflict" => [
            ("目前無法執行", "請重新整理頁面後再試一次。"),
            ("Not possible right now", "Reload the page and try again."),
            ("現在は実行できません", "ページを再読み込みして、もう一度お試しください。"),
            ("지금은 할 수 없습니다", "페이지를 새로고침한 후 다시 시도하세요."),
            ("Teď to není možné", "Načtěte stránku znovu a zkuste to ještě jednou."),
        ],
        "invalid" => [
            ("有欄位需要修正", "請修正標示的欄位；尚未儲存任何內容。"),
            ("Some fields need attention", "Correct the marked fields. Nothing was saved yet."),
            ("入力内容を確認してください", "表示された項目を修正してください。まだ保存されていません。"),
            ("입력 내용을 확인하세요", "표시된 항목을 수정하세요. 아직 저장되지 않았습니다."),
            ("Některá pole je třeba opravit", "Opravte vyznačená pole. Zatím se nic neuložilo."),
        ],
        "stale" => [
            ("內容已被更新", "您編輯時，有人修改了內容。請重新載入後再編輯。"),
            ("Changed meanwhile", "Somebody changed it while you were editing. Reload and edit again."),
            ("内容が更新されています", "編集中に他の人が変更しました。再読み込みしてから、もう一度編集してください。"),
            (
                "그동안 내용이 변경되었습니다",
                "수정하는 동안 다른 사람이 내용을 변경했습니다. 새로고침한 후 다시 수정하세요.",
            ),
            ("Mezitím se to změnilo", "Během vašich úprav to někdo změnil. Načtěte stránku znovu a úpravu zopakujte."),
        ],
        "method-not-allowed" => [
            ("不支援這個方法", "這個網址不接受此方法；Allow 標頭列出可用的方法。"),
            ("Not with this method", "This address takes other methods; the Allow header names them."),
            (
                "このメソッドは使えません",
                "この URL では別のメソッドをお使いください。使用できるメソッドは Allow ヘッダーにあります。",
            ),
            (
                "지원하지 않는 메서드입니다",
                "이 주소는 다른 메서드를 받습니다. 사용할 수 있는 메서드는 Allow 헤더에 있습니다.",
            ),
            ("Tuto metodu použít nelze", "Tato adresa přijímá jiné metody; uvádí je hlavička Allow."),
        ],
        "precondition-required" => [
            ("缺少版本資訊", "請求必須註明要修改的版本（If-Match）。"),
            ("Version missing", "The request must say which version it changes (If-Match)."),
            ("バージョンの指定がありません", "変更対象のバージョン（If-Match）を指定してください。"),
            ("버전 정보가 없습니다", "변경할 버전(If-Match)을 지정해야 합니다."),
            ("Chybí verze", "Požadavek musí uvést, kterou verzi mění (If-Match)."),
        ],
        "idempotency-mismatch" => [
            ("金鑰已被使用", "這個 Idempotency-Key 已用於另一個請求，請換一個新的。"),
            ("Key already used", "This Idempotency-Key belongs to another request. Use a new one."),
            (
                "キーは使用済みです",
                "この Idempotency-Key は別のリクエストで使われています。新しいキーをお使いください。",
            ),
            ("이미 사용된 키입니다", "이 Idempotency-Key는 다른 요청에 이미 사용되었습니다. 새 키를 사용하세요."),
            ("Klíč už byl použit", "Tento Idempotency-Key patří jinému požadavku. Použijte nový."),
        ],
        "made-before" => [
            (
                "這項請求先前已執行過",
                "當時建立的項目之後已被刪除或移走。若要再建立一次，請換一個新的 Idempotency-Key。",
            ),
            (
                "Carried out before",
                "What this request made has been deleted or moved since. To make it anew, use a new Idempotency-Key.",
            ),
            (
                "このリクエストは実行済みです",
                "作成されたものは、その後削除または移動されました。もう一度作成するには、新しい Idempotency-Key をお使いください。",
            ),
            (
                "이미 처리된 요청입니다",
                "그때 만든 항목은 이후 삭제되었거나 옮겨졌습니다. 다시 만들려면 새 Idempotency-Key를 사용하세요.",
            ),
            (
                "Požadavek už byl vyřízen",
                "Co tehdy vzniklo, bylo mezitím smazáno nebo přesunuto. Chcete-li to vytvořit znovu, použijte nový Idempotency-Key.",
            ),
        ],
        "not-signed-in" => [
            ("請先登入", "您尚未登入，或登入已逾時。請重新登入。"),
            ("Please sign in", "You are not signed in, or your session has ended. Sign in again."),
            (
                "ログインしてください",
                "ログインしていないか、セッションの有効期限が切れました。もう一度ログインしてください。",
            ),
            ("로그인하세요", "로그인하지 않았거나 세션이 만료되었습니다. 다시 로그인하세요."),
            ("Přihlaste se", "Nejste přihlášeni, nebo vaše přihlášení vypršelo. Přihlaste se znovu."),
        ],
        "wrong-credentials" => [
            ("無法登入", "電子郵件地址或密碼不正確。"),
            ("Could not sign in", "The email address or the password is not right."),
            ("ログインできません", "メールアドレスまたはパスワードが正しくありません。"),
            ("로그인할 수 없습니다", "이메일 주소나 비밀번호가 올바르지 않습니다."),
            ("Přihlášení se nezdařilo", "E-mailová adresa nebo heslo není správné."),
        ],
        "choose-tenant" => [
            ("請選擇公司", "這個電子郵件地址登記於多家公司。"),
            ("Choose a company", "This address belongs to several companies."),
            ("会社を選択してください", "このメールアドレスは複数の会社に登録されています。"),
            ("회사를 선택하세요", "여러 회사에 등록된 이메일 주소입니다."),
            ("Vyberte firmu", "Tato adresa patří do více firem."),
        ],
        "too-many" => [
            ("嘗試次數過多", "請稍候片刻再試一次。"),
            ("Too many attempts", "Wait a moment and try again."),
            ("試行回数が多すぎます", "しばらく待ってからもう一度お試しください。"),
            ("시도 횟수가 너무 많습니다", "잠시 후 다시 시도하세요."),
            ("Příliš mnoho pokusů", "Chvíli počkejte a zkuste to znovu."),
        ],
        "upstream" => [
            ("外部服務沒有回應", "您的內容沒有遺失，請稍後再試一次。"),
            ("Another service did not answer", "Nothing of yours is lost. Try again in a moment."),
            ("外部サービスが応答しません", "データは失われていません。しばらくしてからもう一度お試しください。"),
            ("외부 서비스가 응답하지 않습니다", "데이터는 사라지지 않았습니다. 잠시 후 다시 시도하세요."),
            ("Jiná služba neodpověděla", "O nic jste nepřišli. Zkuste to za chvíli znovu."),
        ],
        _ => [
            ("發生錯誤", "這是系統的問題。請再試一次；如果問題持續發生，請告知管理員。"),
            ("Something went wrong", "That is our fault. Try again; if it keeps happening, tell an administrator."),
            (
                "エラーが発生しました",
                "システム側の問題です。もう一度お試しください。問題が続く場合は管理者にお知らせください。",
            ),
            ("문제가 발생했습니다", "시스템 문제입니다. 다시 시도하세요. 문제가 계속되면 관리자에게 알리세요."),
            ("Něco se pokazilo", "Chyba je na naší straně. Zkuste to znovu; pokud to potrvá, řekněte to správci."),
        ],
    };
    row[column(locale)]
}

/// What is wrong with a field.
pub fn field(code: &str, detail: Option<&str>, locale: Locale) -> String {
    let row: [&str; 5] = match code {
        "required" => ["必填", "This is required", "必須項目です", "필수 항목입니다", "Toto pole je povinné"],
        "unknown" => [
            "沒有這個項目，或您沒有檢視權限",
            "There is none, or you may not see it",
            "該当する項目がないか、閲覧権限がありません",
            "해당 항목이 없거나 볼 수 있는 권한이 없습니다",
            "Nic takového není, nebo k tomu nemáte přístup",
        ],
        "unknown_field" => [
            "沒有這個欄位",
            "There is no such field",
            "存在しない項目です",
            "존재하지 않는 항목입니다",
            "Takové pole neexistuje",
        ],
        "control_character" => [
            "含有無法儲存的控制字元",
            "This has characters in it that are no text",
            "使用できない制御文字が含まれています",
            "사용할 수 없는 제어 문자가 들어 있습니다",
            "Obsahuje řídicí znaky, které nelze uložit",
        ],
        "wrong_type" => [
            "格式不正確",
            "This has the wrong format",
            "形式が正しくありません",
            "형식이 올바르지 않습니다",
            "Nesprávný formát",
        ],
        "not_json" => {
            ["不是有效的 JSON", "This is not JSON", "JSON ではありません", "JSON이 아닙니다", "Toto není JSON"]
        }
        "too_large" => ["內容過大", "This is too large", "大きすぎます", "너무 큽니다", "Je to příliš velké"],
        "too_long" => [
            "太長（上限 {}）",
            "Too long (at most {})",
            "長すぎます（上限 {}）",
            "너무 깁니다(최대 {})",
            "Příliš dlouhé (nejvýše {})",
        ],
        "too_many" => [
            "太多（上限 {}）",
            "Too many (at most {})",
            "多すぎます（上限 {}）",
            "너무 많습니다(최대 {})",
            "Příliš mnoho (nejvýše {})",
        ],
        "email" => [
            "不是有效的電子郵件地址",
            "Not an email address",
            "メールアドレスの形式が正しくありません",
            "이메일 주소 형식이 올바르지 않습니다",
            "Toto není e-mailová adresa",
        ],
        "before_start" => [
            "結束時間早於開始時間",
            "The end is before the start",
            "終了日時は開始日時より後にしてください",
            "종료 시간이 시작 시간보다 빠릅니다",
            "Konec je před začátkem",
        ],
        "no_zone" => [
            "請指定 UTC 時差或時區",
            "Give an offset or a time zone",
            "UTC オフセットまたはタイムゾーンを指定してください",
            "UTC 오프셋이나 시간대를 지정하세요",
            "Uveďte posun od UTC nebo časové pásmo",
        ],
        "unknown_zone" => [
            "無法辨識這個時區",
            "Unknown time zone",
            "認識できないタイムゾーンです",
            "알 수 없는 시간대입니다",
            "Neznámé časové pásmo",
        ],
        "recurrence" => [
            "重複規則不正確：{}",
            "The repeat rule is not right: {}",
            "繰り返しルールが正しくありません：{}",
            "반복 규칙이 올바르지 않습니다: {}",
            "Pravidlo opakování není správné: {}",
        ],
        "out_of_range" => ["超出範圍", "Out of range", "範囲外です", "범위를 벗어났습니다", "Mimo rozsah"],
        "unknown_value" => [
            "沒有這個選項",
            "Not one of the choices",
            "選択肢にありません",
            "선택할 수 없는 값입니다",
            "Tato možnost není v nabídce",
        ],
        "bad_time" => [
            "不是有效的時間",
            "Not a time",
            "時刻の形式が正しくありません",
            "시간 형식이 올바르지 않습니다",
            "Toto není čas",
        ],
        "bad_date" => [
            "不是有效的日期",
            "Not a date",
            "日付の形式が正しくありません",
            "날짜 형식이 올바르지 않습니다",
            "Toto není datum",
        ],
        "date_or_time" => [
            "請擇一指定：全天日期或時間",
            "Give either days or times",
            "終日の日付か時刻のどちらか一方を指定してください",
            "종일과 시간 중 하나만 지정하세요",
            "Zadejte buď dny, nebo časy",
        ],
        "read_only" => [
            "這個日曆無法編輯",
            "This calendar cannot be edited",
            "このカレンダーは編集できません",
            "이 캘린더는 수정할 수 없습니다",
            "Tento kalendář nelze upravovat",
        ],
        "without_usual" => [
            "一般活動一定要同步，請保留 default",
            "Usual events always come: keep “default”",
            "通常の予定は必ず同期されます。default は外せません",
            "일반 일정은 항상 동기화됩니다. default는 뺄 수 없습니다",
            "Běžné události se přenášejí vždy: „default“ nelze vynechat",
        ],
        "not_for_guests" => [
            "邀請對象無法執行這項操作",
            "Guests cannot do this",
            "ゲストはこの操作を行えません",
            "참석자는 할 수 없는 작업입니다",
            "Hosté to udělat nemohou",
        ],
        "of_series_only" => [
            "系列中的單場會議不能再重複",
            "One occurrence cannot repeat",
            "定期的な会議の 1 回分だけを繰り返すことはできません",
            "반복 회의 중 한 회의만 반복할 수는 없습니다",
            "Jednotlivý termín série se nemůže opakovat",
        ],
        "default_or_own" => [
            "請擇一：使用日曆的提醒，或自訂提醒",
            "Give either the calendar’s reminders or your own",
            "カレンダーの通知か個別の通知のどちらか一方を指定してください",
            "캘린더 알림과 직접 지정한 알림 중 하나만 선택하세요",
            "Zvolte buď upozornění kalendáře, nebo vlastní",
        ],
        "keep_or_fields" => [
            "請擇一指定：keep 或 fields",
            "Give either keep or fields",
            "keep か fields のどちらか一方を指定してください",
            "keep와 fields 중 하나만 지정하세요",
            "Uveďte buď keep, nebo fields",
        ],
        "length" => [
            "長度須為 {} 個字元",
            "Use {} characters",
            "{} 文字で入力してください",
            "{}자로 입력하세요",
            "Použijte {} znaků",
        ],
        "slug" => [
            "請使用 2 到 40 個小寫英文字母、數字或連字號，且不可用連字號開頭",
            "Use 2 to 40 lower-case letters, digits and hyphens, not beginning with a hyphen",
            "小文字の英字、数字、ハイフンを 2～40 文字で入力してください（先頭にハイフンは使えません）",
            "영문 소문자, 숫자, 하이픈을 2~40자로 입력하세요(하이픈으로 시작할 수 없음)",
            "Použijte 2 až 40 malých písmen, číslic a spojovníků; spojovník nesmí být první",
        ],
        "not_a_page_of_the_portal" => [
            "這不是 Portico 的頁面",
            "This is not a page of Portico",
            "Portico のページではありません",
            "Portico의 페이지가 아닙니다",
            "Toto není stránka Portica",
        ],
        "not_an_https_address" => [
            "請輸入以 https:// 開頭的網址",
            "Give an address that begins with https://",
            "https:// で始まる URL を指定してください",
            "https://로 시작하는 주소를 입력하세요",
            "Uveďte adresu, která začíná https://",
        ],
        _ => ["不正確", "Not right", "正しくありません", "올바르지 않습니다", "Není to správně"],
    };
    let text = row[column(locale)];
    match detail {
        Some(detail) if text.contains("{}") => text.replace("{}", detail),
        _ => text
            .replace("（上限 {}）", "")
            .replace(" (at most {})", "")
            .replace("(최대 {})", "")
            .replace(" (nejvýše {})", "")
            .replace("：{}", "")
            .replace(": {}", ""),
    }
}

fn column(locale: Locale) -> usize {
    match locale {
        Locale::ZhTw => 0,
        Locale::En => 1,
        Locale::Ja => 2,
        Locale::Ko => 3,
        Locale::Cs => 4,
    }
}
