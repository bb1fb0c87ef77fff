"""La página de registro: capturar con teclado, corregir, quitar, suprimir y llevarse la nómina."""

from datetime import date, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from talleres.models import Convocado, Encuentro, Participante
from tests.conftest import entrar
from tests.fabricas_registro import TEXTO, ParticipanteFactory
from tests.lectura_html import lo_que_enviaria, pagina

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("consentimiento")]
JSON = {"Accept": "application/json"}


@pytest.fixture
def como_zonal(client, zonal1):
    return entrar(client, zonal1)


def ruta(que, objeto):
    return reverse(f"talleres:{que}", args=[objeto.pk])


def tecleado(**otros):
    return {
        "nombre": "Ana Mero Vélez",
        "cargo": "Técnica",
        "procedencia": "Rioverde",
        "nivel": "",
        "sexo": "mujer",
        "correo": "ana@rioverde.gob.ec",
        "telefono": "0991234567",
        "consiente": "on",
        "clave_envio": str(uuid4()),
    } | otros


def anotar(cliente, encuentro, cabeceras=None, **otros):
    return cliente.post(
        ruta("anotar_participante", encuentro), tecleado(**otros), headers=cabeceras or {}
    )


def errores(respuesta):
    return {campo: list(suyos) for campo, suyos in respuesta.context["form"].errors.items()}


# --- Capturar -----------------------------------------------------------------------------------


def test_registra_y_deja_el_foco_en_la_siguiente_persona(como_zonal, encuentro1, zonal1):
    vacia = como_zonal.get(ruta("registro", encuentro1))
    assert "Nadie está registrado" in vacia.text
    assert "autofocus" not in vacia.text
    hecho = como_zonal.post(
        ruta("anotar_participante", encuentro1),
        lo_que_enviaria(vacia, **{k: v for k, v in tecleado().items() if k != "clave_envio"}),
        follow=True,
    )
    assert hecho.redirect_chain == [(f"{ruta('registro', encuentro1)}?seguir=1", 302)]
    assert "Se registró a Ana Mero Vélez." in hecho.text
    assert "autofocus" in hecho.text
    # Quien transcribe una hoja firmada no vuelve a marcar la casilla en cada fila.
    assert ("consiente", "on") in pagina(hecho).campos
    persona = Participante.objects.get()
    assert (persona.gad_id, persona.nivel, persona.via) == ("0807", "municipal", "papel")
    assert (persona.consentimiento, persona.consentimiento_fecha) == (TEXTO, date(2019, 8, 22))
    assert persona.historia.get().history_user == zonal1


def test_el_formulario_cumple_el_contrato_de_la_cola(como_zonal, encuentro1):
    abierta = pagina(como_zonal.get(ruta("registro", encuentro1)))
    (captura,) = [f for f in abierta.formularios if f.get("data-cola")]
    assert captura["data-cola"] == "registro"
    assert captura["action"] == ruta("anotar_participante", encuentro1)
    assert dict(abierta.campos)["clave_envio"]
    assert not abierta.prohibido


def test_ofrece_primero_los_convocados_y_por_su_nombre_sin_equivoco(
    como_zonal, encuentro1, territorio, zonal1
):
    Convocado.objects.create(encuentro=encuentro1, gad=territorio.gad["0807"])
    ofrecidos = como_zonal.get(ruta("registro", encuentro1)).context["ofrecidos"]
    assert [gad.nombre_con_lugar for gad in ofrecidos] == [
        "Rioverde (cantón, Esmeraldas)",
        "Esmeraldas (provincia)",
        "Esmeraldas (cantón, Esmeraldas)",
        "Chumundé (Rioverde, Esmeraldas)",
    ]


def test_el_dia_del_encuentro_la_via_es_la_sala(como_zonal, encuentro1):
    Encuentro.objects.filter(pk=encuentro1.pk).update(fecha=timezone.localdate())
    anotar(como_zonal, encuentro1)
    assert Participante.objects.get().via == "lista"


def test_otra_entidad_lleva_su_nivel(como_zonal, encuentro1):
    anotar(como_zonal, encuentro1, procedencia="Colectivo La Tola", nivel="sociedad")
    persona = Participante.objects.get()
    assert (persona.gad, persona.organizacion, persona.nivel) == (
        None,
        "Colectivo La Tola",
        "sociedad",
    )


def test_quien_no_consiente_se_cuenta_sin_nombre(como_zonal, encuentro1):
    vacios = dict.fromkeys(("nombre", "cargo", "correo", "telefono", "consiente"), "")
    hecho = anotar(como_zonal, encuentro1, **vacios)
    assert hecho.status_code == 302
    assert "Sin nombre: no consintió" in como_zonal.get(ruta("registro", encuentro1)).text


@pytest.mark.parametrize(
    ("cambio", "campo", "dice"),
    [
        ({"consiente": ""}, "consiente", "Marque que la persona consintió"),
        ({"nombre": "  "}, "nombre", "Escriba el nombre"),
        ({"sexo": ""}, "sexo", "Elija una de las tres"),
        ({"sexo": "x"}, "sexo", "no es una de las opciones"),
        ({"procedencia": "Esmeraldas"}, "procedencia", "hay 2 GAD que se llaman así"),
        ({"procedencia": "Rioberde"}, "procedencia", "¿Quiso decir «Rioverde"),
        ({"procedencia": "Colectivo La Tola"}, "nivel", "no es un GAD conocido"),
        ({"procedencia": ""}, "nivel", "Escriba su GAD o elija"),
        ({"procedencia": "", "nivel": "municipal"}, "procedencia", "Escriba de qué GAD viene"),
        ({"correo": "ana"}, "correo", "correo"),
        ({"clave_envio": ""}, "clave_envio", "Falta la clave del envío"),
        ({"clave_envio": "abc"}, "clave_envio", "no es válida"),
        ({"nombre": "Ana\0Mero"}, "nombre", "nulo"),
    ],
)
def test_lo_mal_tecleado_se_dice_en_su_campo_y_no_se_pierde(
    como_zonal, encuentro1, cambio, campo, dice
):
    rechazo = anotar(como_zonal, encuentro1, **cambio)
    assert rechazo.status_code == 400
    assert set(errores(rechazo)) == {campo}
    assert dice in errores(rechazo)[campo][0]
    assert 'value="ana@rioverde.gob.ec"' in rechazo.text or campo == "correo"
    assert not Participante.objects.exists()


def test_sin_texto_vigente_solo_se_puede_contar(como_zonal, encuentro1, consentimiento):
    consentimiento.delete()
    assert "todavía no carga el texto" in como_zonal.get(ruta("registro", encuentro1)).text
    assert set(errores(anotar(como_zonal, encuentro1))) == {"consiente"}


@pytest.mark.parametrize(
    ("cambio", "dice"),
    [
        ({"estado": "cancelado", "motivo": "Lluvia"}, "se canceló"),
        ({"fecha": date(2999, 1, 1)}, "se registra desde ese día"),
    ],
)
def test_donde_no_se_registra_lo_explica(como_zonal, encuentro1, cambio, dice):
    Encuentro.objects.filter(pk=encuentro1.pk).update(**cambio)
    abierta = como_zonal.get(ruta("registro", encuentro1))
    assert dice in abierta.text
    assert "data-cola" not in abierta.text
    assert anotar(como_zonal, encuentro1).status_code == 409
    assert anotar(como_zonal, encuentro1, JSON).json()["mensaje"]
    assert not Participante.objects.exists()


# --- Parecidos ----------------------------------------------------------------------------------


def test_un_parecido_se_avisa_y_la_persona_decide(como_zonal, encuentro1):
    anotar(como_zonal, encuentro1)
    aviso = anotar(como_zonal, encuentro1, nombre="MERO VELEZ ANA")
    assert aviso.status_code == 409
    assert "se parece a quien ya está" in aviso.text
    assert Participante.objects.count() == 1
    hecho = como_zonal.post(
        ruta("anotar_participante", encuentro1), lo_que_enviaria(aviso, es_otra_persona="on")
    )
    assert hecho.status_code == 302
    assert list(Participante.objects.values_list("es_otra_persona", flat=True)) == [False, True]
    assert "Se parece a" not in como_zonal.get(ruta("registro", encuentro1)).text


def test_el_doble_clic_no_se_toma_por_un_parecido(como_zonal, encuentro1):
    clave = str(uuid4())
    for _ in range(2):
        assert anotar(como_zonal, encuentro1, clave_envio=clave).status_code == 302
    assert Participante.objects.count() == 1


def test_los_parecidos_de_la_nomina_se_senalan_y_se_distinguen(como_zonal, encuentro1):
    for nombre in ("Ana Mero", "Mero Ana"):
        ParticipanteFactory(encuentro=encuentro1, nombre=nombre)
    assert "Se parece a" in como_zonal.get(ruta("registro", encuentro1)).text
    ultima = Participante.objects.get(nombre="Mero Ana")
    hecho = como_zonal.post(ruta("distinguir_participante", ultima), {"version": 1}, follow=True)
    assert "Mero Ana queda como otra persona." in hecho.text
    assert "Se parece a" not in hecho.text


# --- La cola ------------------------------------------------------------------------------------


def test_con_json_responde_segun_el_contrato(como_zonal, encuentro1):
    clave = str(uuid4())
    primera = anotar(como_zonal, encuentro1, JSON, clave_envio=clave)
    persona = Participante.objects.get()
    esperado = {"pk": persona.pk, "version": 1, "ya_estaba": False}
    assert (primera.status_code, primera.json()) == (201, esperado)
    otra = anotar(como_zonal, encuentro1, JSON, clave_envio=clave)
    assert (otra.status_code, otra.json()) == (200, esperado | {"ya_estaba": True})
    mala = anotar(como_zonal, encuentro1, JSON, sexo="")
    assert (mala.status_code, list(mala.json()["errores"])) == (400, ["sexo"])
    assert mala.json()["errores"]["sexo"] == ["Elija una de las tres: con las flechas del teclado."]


def test_con_json_un_parecido_entra_y_queda_senalado(como_zonal, encuentro1):
    """Lo que se anotó sin red no se pierde por un parecido: se decide después, en la nómina."""
    for nombre in ("Ana Mero", "Mero Ana"):
        assert anotar(como_zonal, encuentro1, JSON, nombre=nombre).status_code == 201
    assert "Se parece a" in como_zonal.get(ruta("registro", encuentro1)).text


# --- Corregir, quitar y suprimir ----------------------------------------------------------------


@pytest.fixture
def asistente(encuentro1, territorio):
    return ParticipanteFactory(
        encuentro=encuentro1, nombre="Ana Mero", correo="ana@a.ec", gad=territorio.gad["0807"]
    )


def test_corregir_conserva_lo_que_la_persona_acepto(como_zonal, asistente, consentimiento):
    consentimiento.texto = "Otro texto."
    consentimiento.save()
    abierta = como_zonal.get(ruta("corregir_participante", asistente))
    hecho = como_zonal.post(
        ruta("corregir_participante", asistente), lo_que_enviaria(abierta, cargo="Directora")
    )
    assert hecho.status_code == 302
    asistente.refresh_from_db()
    assert (asistente.cargo, asistente.version, asistente.gad_id) == ("Directora", 2, "0807")
    assert (asistente.consentimiento, asistente.correo) == (TEXTO, "ana@a.ec")


def test_corregir_con_otra_version_muestra_los_dos_textos(como_zonal, asistente):
    abierta = como_zonal.get(ruta("corregir_participante", asistente))
    como_zonal.post(ruta("corregir_participante", asistente), lo_que_enviaria(abierta, cargo="Una"))
    choque = como_zonal.post(
        ruta("corregir_participante", asistente), lo_que_enviaria(abierta, cargo="Otra")
    )
    assert choque.status_code == 409
    assert choque.context["conflictos"] == [("Cargo", "Una", "Otra")]
    asistente.refresh_from_db()
    assert asistente.cargo == "Una"


def test_retirar_el_consentimiento_obliga_a_quitar_lo_personal(como_zonal, asistente):
    abierta = lo_que_enviaria(como_zonal.get(ruta("corregir_participante", asistente)))
    abierta.pop("consiente")
    rechazo = como_zonal.post(ruta("corregir_participante", asistente), abierta)
    assert (rechazo.status_code, set(errores(rechazo))) == (400, {"consiente"})
    vacios = dict.fromkeys(("nombre", "cargo", "correo", "telefono"), "")
    assert (
        como_zonal.post(ruta("corregir_participante", asistente), abierta | vacios).status_code
        == 302
    )
    asistente.refresh_from_db()
    assert (asistente.nombre, asistente.consentimiento, asistente.consentimiento_fecha) == (
        "",
        "",
        None,
    )


def test_quitar_pide_la_version(como_zonal, asistente):
    assert como_zonal.post(ruta("quitar_participante", asistente)).status_code == 400
    assert (
        como_zonal.post(ruta("quitar_participante", asistente), {"version": 9}).status_code == 409
    )
    hecho = como_zonal.post(ruta("quitar_participante", asistente), {"version": 1}, follow=True)
    assert "Se quitó de la nómina a Ana Mero." in hecho.text
    assert not Participante.objects.exists()


def test_a_la_persona_se_le_entregan_sus_datos_y_ninguno_ajeno(
    como_zonal, client, asistente, encuentro1, plan_rioverde
):
    ParticipanteFactory(encuentro=encuentro1, nombre="Luis Ajeno")
    asistente.correo = "=cmd@rioverde.gob.ec"
    asistente.save()
    hecho = como_zonal.get(ruta("datos_de_participante", asistente))
    texto = hecho.getvalue().decode("utf-8-sig")
    assert hecho["Content-Disposition"].startswith("attachment")
    for parte in (asistente.nombre, asistente.cargo, asistente.consentimiento, "historial, "):
        assert parte in texto
    assert ",=cmd" not in texto
    assert "Luis Ajeno" not in texto
    como_zonal.post(ruta("suprimir_participante", asistente), {"motivo": "Lo pidió"})
    despues = como_zonal.get(ruta("datos_de_participante", asistente)).getvalue().decode()
    assert asistente.nombre not in despues
    entrar(client, plan_rioverde)
    assert client.get(ruta("datos_de_participante", asistente)).status_code == 403


def test_suprimir_pide_el_motivo_y_deja_la_cuenta(como_zonal, asistente, encuentro1):
    rechazo = como_zonal.post(ruta("suprimir_participante", asistente), {"motivo": " "})
    assert rechazo.status_code == 400
    assert "Escriba por qué se suprimen los datos." in rechazo.text
    hecho = como_zonal.post(
        ruta("suprimir_participante", asistente), {"motivo": "Lo pidió"}, follow=True
    )
    assert "Datos suprimidos" in hecho.text
    assert "Ana Mero" not in hecho.text
    assert hecho.context["asistencia"].total == 1


# --- Llevarse la nómina -------------------------------------------------------------------------


def test_la_nomina_sale_sin_formulas_escondidas(como_zonal, encuentro1, territorio):
    ParticipanteFactory(
        encuentro=encuentro1,
        nombre="=HYPERLINK(1)",
        cargo="@SUM(A1)",
        telefono="+593991",
        gad=territorio.gad["0807"],
    )
    csv = como_zonal.get(ruta("nomina_csv", encuentro1))
    texto = csv.getvalue().decode("utf-8-sig")
    assert texto.splitlines()[1].startswith("1;'=HYPERLINK(1);'@SUM(A1);Rioverde (cantón, Esm")
    assert "'+593991" in texto
    xlsx = como_zonal.get(ruta("nomina_xlsx", encuentro1))
    assert xlsx["Content-Disposition"] == (
        f'attachment; filename="nomina-2019-08-22-{encuentro1.pk}.xlsx"'
    )
    (_, fila) = load_workbook(BytesIO(xlsx.content))["Nómina"].iter_rows()
    assert fila[1].value == "'=HYPERLINK(1)"
    assert {celda.data_type for celda in fila} <= {"s", "inlineStr"}


@pytest.mark.parametrize("que", ["registro", "nomina_csv", "nomina_xlsx"])
@pytest.mark.parametrize(
    ("quien", "codigo"),
    [("central", 200), ("zonal4", 404), ("plan_rioverde", 403), ("observador1", 403)],
)
def test_la_nomina_es_de_la_central_y_de_su_zona(
    client, elenco, encuentro1, asistente, que, quien, codigo
):
    entrar(client, elenco[quien])
    assert client.get(ruta(que, encuentro1)).status_code == codigo


# --- Consultas ----------------------------------------------------------------------------------


def test_las_consultas_no_crecen_con_la_nomina(
    como_zonal, encuentro1, territorio, django_assert_num_queries
):
    for cuantas in (1, 6):
        for n in range(cuantas):
            gad = territorio.gad["080752" if n % 2 else "08"]
            ParticipanteFactory(encuentro=encuentro1, gad=gad)
        with django_assert_num_queries(8):
            como_zonal.get(ruta("registro", encuentro1))


def test_el_encuentro_de_manana_todavia_no_se_registra(como_zonal, encuentro1):
    manana = timezone.localdate() + timedelta(days=1)
    Encuentro.objects.filter(pk=encuentro1.pk).update(fecha=manana)
    assert anotar(como_zonal, encuentro1).status_code == 409
