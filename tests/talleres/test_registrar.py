"""Registrar, corregir, quitar y suprimir: una fila por envío, con versión y nada a medias."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from talleres.acciones import NoProcede
from talleres.models import Encuentro, Participante, TextoConsentimiento
from talleres.registro import (
    corregir,
    distinguir,
    quitar,
    registrar,
    registrar_varios,
    suprimir,
)
from territorios.versiones import Conflicto
from tests.carreras import a_la_vez
from tests.fabricas_registro import ParticipanteFactory

pytestmark = pytest.mark.django_db
CLAVE = UUID("11111111-2222-4333-8444-555555555555")
DATOS = {
    "nombre": "María José Zambrano Cedeño",
    "cargo": "Técnica de planificación",
    "sexo": "mujer",
    "correo": "maria@rioverde.gob.ec",
    "telefono": "0991234567",
    "consentimiento": "Acepto que se registren mis datos.",
    "consentimiento_fecha": date(2019, 8, 22),
}


@pytest.fixture
def datos(territorio):
    return DATOS | {"gad": territorio.gad["0807"]}


def anotar(encuentro, datos, por, clave_envio=CLAVE):
    return registrar(encuentro, datos, via="papel", por=por, clave_envio=clave_envio)


# --- Registrar ----------------------------------------------------------------------------------


def test_registra_con_el_nivel_de_su_gad_y_el_contacto_fuera_del_historial(
    encuentro1, datos, zonal1
):
    assert anotar(encuentro1, datos, zonal1)[1] is False
    persona = Participante.objects.get()
    assert (persona.nivel, persona.viene_de) == ("municipal", "Rioverde (cantón, Esmeraldas)")
    asiento = persona.historia.get()
    assert (asiento.history_user, asiento.nombre) == (zonal1, DATOS["nombre"])
    assert not hasattr(asiento, "correo")
    assert not hasattr(asiento, "telefono")


def test_quien_se_registra_solo_no_tiene_autor(encuentro1, datos):
    persona, _ = anotar(encuentro1, datos, None)
    assert persona.historia.get().history_user is None


def test_el_mismo_envio_no_crea_otra_fila_aunque_cambie_lo_tecleado(encuentro1, datos, zonal1):
    uno, _ = anotar(encuentro1, datos, zonal1)
    otro, ya_estaba = anotar(encuentro1, datos | {"nombre": "Otro Nombre"}, zonal1)
    assert (otro.pk, otro.nombre, ya_estaba) == (uno.pk, DATOS["nombre"], True)
    assert Participante.historia.count() == 1


def test_una_clave_de_otro_encuentro_no_dice_nada_de_el(encuentro1, encuentro2, datos, zonal1):
    anotar(encuentro2, datos, zonal1)
    with pytest.raises(NoProcede, match="Ese envío no es de este encuentro"):
        anotar(encuentro1, datos, zonal1)
    assert encuentro1.participantes.count() == 0


def test_con_gad_no_hay_otra_entidad_y_el_nivel_no_se_elige(encuentro1, datos, zonal1):
    persona, _ = anotar(encuentro1, datos | {"organizacion": "AME", "nivel": "nacional"}, zonal1)
    assert (persona.nivel, persona.organizacion) == ("municipal", "")


def test_sin_consentimiento_se_cuenta_sin_nombre(encuentro1, territorio, zonal1):
    sin_nada = {"gad": territorio.gad["0807"], "sexo": "hombre"}
    persona, _ = anotar(encuentro1, sin_nada, zonal1)
    assert (str(persona), persona.nivel, persona.sexo) == (
        "Persona sin nombre",
        "municipal",
        "hombre",
    )


@pytest.mark.parametrize("campo", ["nombre", "cargo", "correo", "telefono"])
def test_sin_consentimiento_no_se_guarda_nada_personal(encuentro1, territorio, zonal1, campo):
    datos = {"gad": territorio.gad["0807"], "sexo": "mujer", campo: DATOS[campo]}
    with pytest.raises(ValidationError, match="Sin el consentimiento"):
        anotar(encuentro1, datos, zonal1)
    assert not Participante.objects.exists()
    fila = {**datos, "encuentro": encuentro1, "nivel": "municipal", "via": "papel"}
    with pytest.raises(IntegrityError, match="participante_consiente"), transaction.atomic():
        Participante.objects.create(**fila)


@pytest.mark.parametrize(
    ("cambio", "campo"),
    [
        ({"sexo": "x"}, "sexo"),
        ({"sexo": ""}, "sexo"),
        ({"correo": "no es un correo"}, "correo"),
        ({"nombre": "a" * 121}, "nombre"),
        ({"gad": None, "nivel": ""}, "nivel"),
        ({"gad": None, "nivel": "municipal"}, "gad"),
    ],
)
def test_lo_inaceptable_se_rechaza_por_su_campo(encuentro1, datos, zonal1, cambio, campo):
    with pytest.raises(ValidationError) as error:
        anotar(encuentro1, datos | cambio, zonal1)
    assert set(error.value.message_dict) == {campo}
    assert not Participante.objects.exists()


# --- Cuándo -------------------------------------------------------------------------------------


@pytest.mark.parametrize("estado", ["planificado", "convocado", "reprogramado", "realizado"])
def test_se_registra_desde_el_dia_del_encuentro(encuentro1, datos, zonal1, estado):
    Encuentro.objects.filter(pk=encuentro1.pk).update(estado=estado, fecha=timezone.localdate())
    assert anotar(encuentro1, datos, zonal1)[1] is False


def test_no_se_registra_antes_de_su_dia(encuentro1, datos, zonal1):
    manana = timezone.localdate() + timedelta(days=1)
    Encuentro.objects.filter(pk=encuentro1.pk).update(fecha=manana)
    with pytest.raises(NoProcede, match="se registra desde ese día"):
        anotar(encuentro1, datos, zonal1)


def test_no_se_registra_en_un_encuentro_cancelado(encuentro1, datos, zonal1):
    Encuentro.objects.filter(pk=encuentro1.pk).update(estado="cancelado", motivo="Lluvia")
    with pytest.raises(NoProcede, match="se canceló"):
        anotar(encuentro1, datos, zonal1)
    with pytest.raises(NoProcede, match="se canceló"):
        registrar_varios(encuentro1, [datos], via="importado", por=zonal1)
    assert not Participante.objects.exists()


# --- Varios -------------------------------------------------------------------------------------


def test_varios_entran_todos_con_su_historia_y_no_se_repiten(encuentro1, datos, zonal1):
    filas = [datos | {"nombre": f"Persona {n}", "clave_envio": uuid4()} for n in range(3)]
    for creadas in (3, 0):
        hechas = registrar_varios(encuentro1, filas, via="importado", por=zonal1)
        assert len(hechas) == creadas
    assert encuentro1.participantes.count() == 3
    assert set(Participante.historia.values_list("history_user", flat=True)) == {zonal1.pk}


def test_varios_con_uno_malo_no_entra_ninguno(encuentro1, datos, zonal1):
    filas = [datos, datos | {"sexo": "x"}]
    with pytest.raises(ValidationError):
        registrar_varios(encuentro1, filas, via="importado", por=zonal1)
    assert not Participante.objects.exists()


# --- Corregir, distinguir y quitar --------------------------------------------------------------


def test_corregir_compara_la_version(encuentro1, datos, zonal1, central):
    persona, _ = anotar(encuentro1, datos, zonal1)
    corregir(persona, datos | {"cargo": "Directora"}, por=central, version=1)
    with pytest.raises(Conflicto) as conflicto:
        corregir(persona, datos | {"cargo": "Analista"}, por=zonal1, version=1)
    assert (conflicto.value.actual.cargo, conflicto.value.actual.version) == ("Directora", 2)
    assert persona.historia.first().history_user == central


def test_corregir_no_guarda_lo_inaceptable(encuentro1, datos, zonal1):
    persona, _ = anotar(encuentro1, datos, zonal1)
    with pytest.raises(ValidationError):
        corregir(persona, datos | {"sexo": "x"}, por=zonal1, version=1)
    persona.refresh_from_db()
    assert (persona.sexo, persona.version) == ("mujer", 1)


def test_quitar_deja_su_asiento(encuentro1, datos, zonal1):
    persona, _ = anotar(encuentro1, datos, zonal1)
    with pytest.raises(Conflicto):
        quitar(persona, por=zonal1, version=7)
    quitar(persona, por=zonal1, version=1)
    asiento = Participante.historia.first()
    assert (asiento.history_type, asiento.history_user) == ("-", zonal1)
    assert (asiento.nivel, asiento.sexo) == ("municipal", "mujer")
    assert not Participante.objects.exists()


@pytest.mark.parametrize("verbo", ["quitar", "retirar el consentimiento"])
def test_de_quien_ya_no_consta_no_queda_nada_personal_en_el_historial(
    encuentro1, datos, zonal1, verbo
):
    persona, _ = anotar(encuentro1, datos, zonal1)
    corregir(persona, datos | {"cargo": "Directora"}, por=zonal1, version=1)
    if verbo == "quitar":
        quitar(persona, por=zonal1, version=2)
    else:
        vacios = dict.fromkeys(("nombre", "cargo", "correo", "telefono", "consentimiento"), "")
        retirado = datos | vacios | {"consentimiento_fecha": None}
        assert corregir(persona, retirado, por=zonal1, version=2).version == 3
    asientos = list(Participante.historia.values())
    assert len(asientos) == 3
    dicho = " ".join(str(valor) for asiento in asientos for valor in asiento.values())
    for personal in (DATOS["nombre"], DATOS["cargo"], "Directora", DATOS["consentimiento"]):
        assert personal not in dicho
    assert {asiento["consentimiento_fecha"] for asiento in asientos} == {None}


def test_distinguir_anota_que_es_otra_persona(encuentro1, datos, zonal1):
    persona, _ = anotar(encuentro1, datos, zonal1)
    assert distinguir(persona, por=zonal1, version=1).es_otra_persona
    with pytest.raises(Conflicto):
        distinguir(persona, por=zonal1, version=1)


# --- Suprimir -----------------------------------------------------------------------------------


def test_suprimir_borra_lo_personal_tambien_del_historial_y_conserva_la_cuenta(
    encuentro1, datos, zonal1, territorio
):
    persona, _ = anotar(encuentro1, datos, zonal1)
    corregir(persona, datos | {"cargo": "Directora"}, por=zonal1, version=1)
    hecha = suprimir(persona, por=zonal1, motivo="A pedido de la persona titular")
    assert (hecha.nivel, hecha.sexo, hecha.gad) == ("municipal", "mujer", territorio.gad["0807"])
    assert hecha.suprimido
    filas = [*Participante.objects.values(), *Participante.historia.values()]
    assert len(filas) == 4
    dicho = " ".join(str(valor) for fila in filas for valor in fila.values())
    for personal in (DATOS["nombre"], "Directora", DATOS["cargo"], DATOS["correo"], "0991234567"):
        assert personal not in dicho
    assert hecha.historia.first().history_change_reason == (
        "Supresión: A pedido de la persona titular"
    )


def test_suprimir_exige_un_motivo_y_lo_suprimido_no_se_corrige(encuentro1, datos, zonal1):
    persona, _ = anotar(encuentro1, datos, zonal1)
    with pytest.raises(ValidationError, match="Escriba por qué"):
        suprimir(persona, por=zonal1, motivo="  ")
    suprimida = suprimir(persona, por=zonal1, motivo="Lo pidió")
    with pytest.raises(NoProcede, match="se suprimieron"):
        corregir(persona, datos, por=zonal1, version=suprimida.version)
    with pytest.raises(IntegrityError, match="suprimido"), transaction.atomic():
        Participante.objects.update(
            nombre="Otra vez", consentimiento="Sí", consentimiento_fecha=date(2019, 8, 22)
        )


# --- Quién ve -----------------------------------------------------------------------------------


def test_los_nombres_los_ven_la_central_y_la_zona_del_encuentro(elenco, participantes):
    ven = {
        quien: {uno.encuentro.lugar for uno in Participante.objects.visibles_para(usuario)}
        for quien, usuario in elenco.items()
    }
    assert {quien: lugares for quien, lugares in ven.items() if lugares} == {
        "central": {"Rioverde", "Pedernales"},
        "zonal1": {"Rioverde", "Pedernales"},
        "zonal4": {"Pedernales"},
    }
    for usuario in elenco.values():
        editables = set(Participante.objects.editables_por(usuario))
        assert editables == set(Participante.objects.visibles_para(usuario))


# --- El texto del consentimiento ----------------------------------------------------------------


def test_el_texto_vigente_es_el_de_la_fecha(db):
    antes = TextoConsentimiento.objects.create(texto="Antes", hasta=date(2024, 1, 1))
    ahora = TextoConsentimiento.objects.create(texto="Ahora", desde=date(2024, 1, 1))
    assert TextoConsentimiento.objects.en(date(2019, 8, 22)) == antes
    assert TextoConsentimiento.objects.en() == ahora
    with pytest.raises(ValidationError, match="se cruza"):
        TextoConsentimiento(texto="Otro", desde=date(2023, 1, 1)).full_clean()


# --- Carreras -----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_el_mismo_envio_ocho_veces_a_la_vez_crea_una_fila(encuentro1, datos, zonal1):
    hechos = a_la_vez(8, lambda n: anotar(encuentro1, datos, zonal1))
    assert sorted(ya_estaba for _, ya_estaba in hechos) == [False] + [True] * 7
    assert len({persona.pk for persona, _ in hechos}) == 1
    assert (Participante.objects.count(), Participante.historia.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_de_dos_correcciones_a_la_vez_gana_una(encuentro1, datos, zonal1):
    persona = ParticipanteFactory(encuentro=encuentro1, gad=datos["gad"])

    def guardar(n):
        return corregir(persona, datos | {"cargo": f"Cargo {n}"}, por=zonal1, version=1)

    hechos = a_la_vez(4, guardar)
    assert sorted(type(hecho).__name__ for hecho in hechos) == ["Conflicto"] * 3 + ["Participante"]
