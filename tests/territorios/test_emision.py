"""Emitir: un número por documento, el mismo archivo siempre, y nada que se pierda en el camino."""

from datetime import timedelta
from hashlib import sha256

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from pdot.documentos import sistematizacion_de_grupo
from territorios import emision
from territorios.archivos import AlmacenPrivado
from territorios.documentos import SinPango
from territorios.emision import ArchivoPerdido, borrador, emitir
from territorios.models import DocumentoEmitido, NombreInstitucion, SerieDeDocumentos
from tests.carreras import a_la_vez
from tests.fabricas_documentos import SITIO, emitido, pliego
from tests.lectura_pdf import abrir, texto_de

HTML_A_PDF = "territorios.documentos.html_a_pdf"


@pytest.fixture
def sin_pdf(monkeypatch):
    """No importa cómo se ve: se guarda su HTML."""
    monkeypatch.setattr(HTML_A_PDF, lambda html: html.encode())


@pytest.fixture
def manana(monkeypatch):
    """Función que adelanta el reloj esos días."""
    ahora = timezone.now

    def adelantar(dias=1):
        monkeypatch.setattr("django.utils.timezone.now", lambda: ahora() + timedelta(days=dias))

    return adelantar


def hacer(por, titulo="Lo mismo", **rasgos):
    return emitir(pliego(titulo, **rasgos), por=por, sitio=SITIO)


def guardados():
    carpeta = AlmacenPrivado().base_location / "documentos"
    return sorted(carpeta.iterdir()) if carpeta.exists() else []


# --- El mismo documento -------------------------------------------------------------------------


def test_lo_mismo_manana_es_el_mismo_archivo(zonal1, manana):
    """Con el PDF de verdad: byte a byte, con el número y la fecha del primer día."""
    hoy = hacer(zonal1)
    manana(40)
    despues = hacer(zonal1)
    assert despues.documento == hoy.documento
    assert despues.contenido == hoy.contenido
    assert sha256(hoy.contenido).hexdigest() == hoy.documento.sha256
    assert [archivo.read_bytes() for archivo in guardados()] == [hoy.contenido]


def test_una_sistematizacion_de_verdad_no_cambia_de_un_dia_a_otro(grupo1, zonal1, manana, sin_pdf):
    una = emitir(sistematizacion_de_grupo(grupo1, zonal1), por=zonal1, sitio=SITIO)
    manana()
    otra = emitir(sistematizacion_de_grupo(grupo1, zonal1), por=zonal1, sitio=SITIO)
    assert (otra.documento, otra.contenido) == (una.documento, una.contenido)
    grupo1.nombre = "Con otro nombre"
    grupo1.save()
    tercera = emitir(sistematizacion_de_grupo(grupo1, zonal1), por=zonal1, sitio=SITIO)
    assert tercera.documento.numero == 2
    assert una.contenido != tercera.contenido


def test_lleva_impresos_su_numero_su_codigo_y_la_fecha_en_que_salio(zonal1):
    hoja = hacer(zonal1)
    documento, texto = hoja.documento, texto_de(hoja.contenido)
    hoy = timezone.localdate()
    assert documento.numero_legible == f"CZ1-{hoy.year}-0001"
    assert f"N.º {documento.numero_legible} · Código {documento.codigo_legible}" in texto
    assert f"pdot.example/d/{documento.codigo_legible}" in texto
    assert f"Emitido el {hoy.day} de" in texto
    assert abrir(hoja.contenido).metadata.title == "Lo mismo"


def test_un_titulo_que_no_cabe_se_recorta_en_el_registro(zonal1, sin_pdf):
    """PostgreSQL no lo guardaría, y pedir el documento daría un error."""
    largo = "Informe de la estrategia: " + "nombre " * 45
    hoja = hacer(zonal1, largo)
    assert len(hoja.documento.titulo) == 300
    assert hoja.documento.titulo.endswith("…")
    assert largo.encode() in hoja.contenido


def test_cambia_el_membrete_y_es_otro_documento(zonal1, sin_pdf):
    primero = hacer(zonal1).documento
    NombreInstitucion.objects.create(nombre="Secretaría con otro nombre")
    assert hacer(zonal1).documento.numero == primero.numero + 1


def test_cada_oficina_y_cada_ano_llevan_su_cuenta(central, zonal1, zonal4, observador, sin_pdf):
    quienes = (zonal1, zonal4, central, observador)
    hechos = [hacer(quien, texto).documento for quien in quienes for texto in ("A", "B")]
    anio = timezone.localdate().year
    assert [uno.numero_legible for uno in hechos] == [
        f"{oficina}-{anio}-000{n}"
        for oficina in ("CZ1", "CZ4", "MATRIZ", f"OBS-{observador.pk}")
        for n in (1, 2)
    ]


def test_el_ano_siguiente_la_cuenta_empieza_y_lo_viejo_sigue_igual(zonal1, manana, sin_pdf):
    viejo = hacer(zonal1, "Viejo")
    manana(400)
    assert hacer(zonal1, "Viejo").contenido == viejo.contenido
    nuevo = hacer(zonal1, "Nuevo").documento
    assert (nuevo.numero, nuevo.anio > viejo.documento.anio) == (1, True)


# --- Lo que no se guarda y lo que no se numera --------------------------------------------------


def test_lo_que_lleva_nombres_no_se_guarda_y_sale_igual(zonal1, manana):
    una = hacer(zonal1, conserva=False)
    manana()
    otra = hacer(zonal1, conserva=False)
    assert (otra.documento, otra.contenido) == (una.documento, una.contenido)
    assert not una.documento.archivo
    assert guardados() == []


def test_si_ya_no_sale_el_mismo_archivo_es_otra_constancia(zonal1, monkeypatch):
    """Otra versión de quien compone: la suma de antes sigue valiendo para el papel de antes."""
    monkeypatch.setattr(HTML_A_PDF, lambda html: html.encode())
    una = hacer(zonal1, conserva=False)
    monkeypatch.setattr(HTML_A_PDF, lambda html: b"otra version" + html.encode())
    otra = hacer(zonal1, conserva=False)
    assert otra.documento.codigo != una.documento.codigo
    assert una.documento.codigo_legible.encode() in una.contenido
    assert otra.documento.codigo_legible.encode() in otra.contenido
    for hoja in (una, otra):
        guardado = DocumentoEmitido.objects.get(pk=hoja.documento.pk)
        assert guardado.sha256 == sha256(hoja.contenido).hexdigest()


def test_una_hoja_de_trabajo_lleva_codigo_y_no_gasta_numero(zonal1, sin_pdf):
    hoja = hacer(zonal1, "Para llenar", numera=False)
    assert (hoja.documento.numero, hoja.documento.numero_legible) == (None, "")
    assert b"N.\xc2\xba" not in hoja.contenido
    assert hoja.documento.codigo_legible.encode() in hoja.contenido
    assert hacer(zonal1, "De verdad").documento.numero == 1


def test_un_borrador_no_deja_rastro(zonal1, monkeypatch):
    monkeypatch.setattr(HTML_A_PDF, lambda html: html.encode())
    contenido = borrador(pliego())
    assert b"Borrador" in contenido
    assert b"<!--" not in contenido
    assert not DocumentoEmitido.objects.exists()


def test_quien_escribe_no_imita_una_marca(zonal1, sin_pdf):
    hoja = hacer(zonal1, "Con <!--sello--> y <!--pie--> escritos")
    assert b"&lt;!--sello--&gt;" in hoja.contenido
    assert hoja.contenido.count(b"data:image/svg+xml") == 1


# --- Lo que falla -------------------------------------------------------------------------------


def test_si_se_corta_al_componer_el_siguiente_toma_el_mismo_numero(zonal1, monkeypatch):
    def se_corta(html):
        raise KeyboardInterrupt

    monkeypatch.setattr(HTML_A_PDF, se_corta)
    with pytest.raises(KeyboardInterrupt):
        hacer(zonal1)
    reservado = DocumentoEmitido.objects.get()
    assert (reservado.numero, reservado.emitido) == (1, None)
    assert not DocumentoEmitido.objects.emitidos().exists()
    monkeypatch.setattr(HTML_A_PDF, lambda html: html.encode())
    assert hacer(zonal1).documento == reservado
    assert hacer(zonal1, "Otro").documento.numero == 2


def test_sin_pango_no_se_gasta_un_numero(zonal1, monkeypatch):
    def falta():
        raise SinPango

    monkeypatch.setattr("territorios.documentos._weasyprint", falta)
    with pytest.raises(SinPango):
        hacer(zonal1)
    assert not SerieDeDocumentos.objects.exists()


def test_si_no_se_puede_anotar_no_queda_un_archivo_suelto(zonal1, sin_pdf, monkeypatch):
    guardar = emision._firmar

    def falla_al_final(documento, motivo, por):
        if motivo == "Emisión":
            raise OSError("No space left on device")
        return guardar(documento, motivo, por)

    monkeypatch.setattr(emision, "_firmar", falla_al_final)
    with pytest.raises(OSError, match="No space"):
        hacer(zonal1)
    assert guardados() == []
    monkeypatch.setattr(emision, "_firmar", guardar)
    assert hacer(zonal1).documento.numero == 1
    assert len(guardados()) == 1


def test_si_el_archivo_falta_o_se_altera_no_se_hace_otro(zonal1, sin_pdf):
    hoja = hacer(zonal1)
    [archivo] = guardados()
    archivo.write_bytes(hoja.contenido + b"alterado")
    with pytest.raises(ArchivoPerdido, match=hoja.documento.codigo_legible):
        hacer(zonal1)
    archivo.unlink()
    with pytest.raises(ArchivoPerdido, match="respaldo"):
        hacer(zonal1)
    assert DocumentoEmitido.objects.count() == 1
    archivo.write_bytes(hoja.contenido)
    assert hacer(zonal1).contenido == hoja.contenido


@pytest.mark.parametrize(
    "mal",
    [
        {"sha256": ""},
        {"sha256": "no es una suma"},
        {"tamano": 0},
        {"emitido": None},
        {"archivo": ""},
        {"conserva": False},
    ],
)
def test_la_base_no_admite_un_documento_a_medias(zonal1, sin_pdf, mal):
    documento = hacer(zonal1).documento
    with pytest.raises(IntegrityError), transaction.atomic():
        DocumentoEmitido.objects.filter(pk=documento.pk).update(**mal)


def test_la_base_no_admite_el_mismo_numero_ni_el_mismo_contenido(zonal1, sin_pdf):
    uno, otro = hacer(zonal1).documento, hacer(zonal1, "Otro").documento
    for mal in ({"numero": uno.numero}, {"clave": uno.clave, "huella": uno.huella}):
        with pytest.raises(IntegrityError), transaction.atomic():
            DocumentoEmitido.objects.filter(pk=otro.pk).update(**mal)


# --- Dos a la vez -------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("conserva", [True, False])
def test_dos_que_emiten_lo_mismo_a_la_vez_reciben_lo_mismo(zonal1, sin_pdf, conserva):
    dadas = a_la_vez(6, lambda n: hacer(zonal1, conserva=conserva))
    assert {type(una) for una in dadas} == {emision.Hoja}
    documento = DocumentoEmitido.objects.get()
    assert {una.documento.numero_legible for una in dadas} == {documento.numero_legible}
    assert {sha256(una.contenido).hexdigest() for una in dadas} == {documento.sha256}
    assert len(guardados()) == (1 if conserva else 0)


@pytest.mark.django_db(transaction=True)
def test_varios_a_la_vez_no_repiten_numero_ni_dejan_huecos(zonal1, sin_pdf):
    dadas = a_la_vez(6, lambda n: hacer(zonal1, f"Documento {n}"))
    assert sorted(una.documento.numero for una in dadas) == [1, 2, 3, 4, 5, 6]
    assert SerieDeDocumentos.objects.get().ultimo == 6
    assert len(guardados()) == 6


def test_quien_lo_emitio_queda_en_la_historia(zonal1, sin_pdf):
    documento = emitido(zonal1)
    asientos = documento.historia.values_list("history_change_reason", "history_user")
    assert list(asientos) == [("Emisión", zonal1.pk), ("Número reservado", zonal1.pk)]
