throw new Error('TABLE_NAME is not set');
