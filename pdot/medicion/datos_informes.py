"""Lo que la plataforma deja al informar: documentos emitidos, trabajos, avisos y datos publicados.

Sin archivos: los documentos son de los que no se guardan y los ZIP ya vencieron. Sus listas se
leen igual.
"""

from datetime import timedelta

from django.utils import timezone

from pdot.models import PublicacionDeDatos
from territorios.models import Aviso, DocumentoEmitido, PiezaDeTrabajo, Trabajo
from territorios.models.aviso import ambito_de
from territorios.models.documento import SerieDeDocumentos, oficina_de

from .carga import guardar

PIEZAS_POR_TRABAJO = 150
TRABAJOS_POR_CUENTA = 10
ARCHIVOS_PUBLICADOS = ("gad", "grupos", "membresias", "encuentros", "evaluaciones", "vinculos")
SUMA = "0" * 64


def sembrar(medidas, cuentas):
    """`cuentas`: las de la central y de las zonas, que son las que emiten."""
    ahora = timezone.now()
    guardar(DocumentoEmitido, _documentos(medidas, cuentas, ahora))
    # Los que se emitan al medir siguen la serie.
    ultimo = {"anio": ahora.year, "ultimo": medidas.documentos_por_cuenta}
    guardar(
        SerieDeDocumentos, (SerieDeDocumentos(oficina=oficina_de(c), **ultimo) for c in cuentas)
    )
    guardar(Aviso, _avisos(medidas, cuentas))
    guardar(Trabajo, _trabajos(cuentas, ahora))
    guardar(PiezaDeTrabajo, _piezas())
    _publicacion()


def _documentos(medidas, cuentas, ahora):
    for cuenta in cuentas:
        for numero in range(1, medidas.documentos_por_cuenta + 1):
            yield DocumentoEmitido(
                oficina=oficina_de(cuenta),
                anio=ahora.year,
                numero=numero,
                clase=("ficha", "sistematizacion", "agenda")[numero % 3],
                clave=f"medir:{numero}",
                titulo=f"Documento {numero} de {cuenta.username}",
                nombre=f"documento-{numero}.pdf",
                huella=SUMA,
                sha256=SUMA,
                tamano=40_000,
                conserva=False,
                emitido=ahora,
                emitido_por=cuenta,
            )


def _avisos(medidas, cuentas):
    for cuenta in cuentas:
        for numero in range(medidas.avisos_por_cuenta):
            yield Aviso(
                destinatario=cuenta,
                clave=f"medir:{numero}",
                clase=Aviso.Clase.ENVIADA,
                texto=f"Se envió a revisión la evaluación {numero}.",
                direccion="/pdot/",
                ambito=ambito_de(cuenta),
            )


def _trabajos(cuentas, ahora):
    for cuenta in cuentas:
        for numero in range(TRABAJOS_POR_CUENTA):
            yield Trabajo(
                clase="fichas",
                clave=f"medir:{numero}",
                titulo=f"Fichas de GAD, pedido {numero}",
                oficina=oficina_de(cuenta),
                sitio="https://pdot.example",
                estado=Trabajo.Estado.LISTO,
                pedido_por=cuenta,
                terminado=ahora,
                vence=ahora - timedelta(days=1),
                sha256=SUMA,
            )


def _piezas():
    for trabajo in Trabajo.objects.order_by("pk"):
        for numero in range(PIEZAS_POR_TRABAJO):
            yield PiezaDeTrabajo(
                trabajo=trabajo, clave=f"gad:{numero}", nombre=f"ficha-{numero}.pdf"
            )


def _publicacion():
    PublicacionDeDatos.objects.create(
        clave="medir",
        licencia="Licencia de prueba",
        enlace="https://example.org/licencia",
        texto="Se puede usar citando la fuente.",
        presentacion="Datos de la medición.",
        archivos=[
            {"nombre": f"{uno}.csv", "titulo": uno, "filas": 1_000, "bytes": 9_000, "sha256": SUMA}
            for uno in ARCHIVOS_PUBLICADOS
        ],
    )
